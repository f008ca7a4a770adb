"""Lines fitted to cues and mouths."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.conditioning.speech.phonemes import PAUSE, vocabulary
from talkies.core.conditioning.speech.timing import SLOWEST, fit_line, phone_ids, word_starts
from talkies.core.conditioning.speech.visemes import REST, VISEMES, visemes_of

durations = st.lists(st.floats(0.02, 0.8), min_size=1, max_size=60)


@given(durations, st.floats(0, 100), st.floats(0.2, 30))
def test_speech_stays_inside_its_cue_in_order(seconds: list[float], start: float, length: float) -> None:
    spans = fit_line(range(2, 2 + len(seconds)), seconds, start, start + length)
    assert [phoneme for phoneme, _, _ in spans] == list(range(2, 2 + len(seconds)))
    edges = [start, *(edge for _, a, b in spans for edge in (a, b)), start + length]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(edges))


@given(durations)
def test_speech_is_not_drawn_out_without_end(seconds: list[float]) -> None:
    spans = fit_line(range(len(seconds)), seconds, 0.0, 1000.0)
    assert spans[-1][2] - spans[0][1] <= SLOWEST * sum(seconds) + 1e-6


def test_nothing_to_say() -> None:
    assert fit_line([], [], 0, 5) == []


def test_speech_goes_with_the_mouth() -> None:
    lips = np.zeros((250, 4), np.float32)
    lips[:, 3] = 1
    lips[100:150, 2] = 0.8  # the mouth moves from 4 s to 6 s
    spans = fit_line([5, 6], [1.0, 0.8], 0.0, 10.0, lips)
    assert spans[0][1] == 4.0
    assert spans[-1][2] == 6.0


def test_a_mouth_that_moves_for_much_longer_is_not_followed() -> None:
    lips = np.ones((250, 4), np.float32)
    spans = fit_line([5, 6], [0.3, 0.3], 2.0, 8.0, lips)
    assert spans[-1][2] < 3.0


def test_a_cue_without_a_face_begins_at_its_in_point() -> None:
    spans = fit_line([5], [0.5], 2.0, 8.0, np.zeros((250, 4), np.float32))
    assert 2.0 <= spans[0][1] < 2.1


def test_a_mouth_that_can_be_read_sets_every_phoneme() -> None:
    ids = [vocabulary()[name] for name in ("b", "ˈɪ", "n", "f", "uː")]
    said = np.full(200, REST)
    # in 20 ms, a rest of 5 before the second word
    for phoneme, start, end in zip(ids, (60, 66, 70, 80, 90), (66, 70, 75, 90, 101), strict=True):
        said[start:end] = visemes_of([phoneme])[0]
    evidence = np.where(np.arange(VISEMES) == said[:, None], 3.0, -1.5)
    lips = np.ones((100, 4), np.float32)
    spans = fit_line(ids, [0.1] * 5, 0.5, 3.5, lips, evidence, words=[0, 3])
    assert [phoneme for phoneme, _, _ in spans] == [*ids[:3], PAUSE, *ids[3:]]
    assert [start for _, start, _ in spans] == [1.2, 1.32, 1.4, 1.5, 1.6, 1.8]
    assert all(one[2] == other[1] for one, other in itertools.pairwise(spans))
    assert word_starts(spans, ids, [0, 3]) == [1.2, 1.6]


def test_a_face_that_is_not_seen_is_not_read() -> None:
    evidence = np.zeros((200, VISEMES))
    evidence[:, visemes_of([5])[0]] = 5.0
    spans = fit_line([5], [0.3], 1.0, 3.0, np.zeros((100, 4), np.float32), evidence, words=[0])
    assert spans == fit_line([5], [0.3], 1.0, 3.0)


def test_words_begin_with_their_first_phoneme_whatever_pauses_lie_between() -> None:
    spans = [(5, 0.1, 0.2), (PAUSE, 0.2, 0.4), (6, 0.4, 0.5), (PAUSE, 0.5, 0.6), (7, 0.6, 0.9)]
    assert word_starts(spans, [5, 6, PAUSE, 7], [0, 1, 3]) == [0.1, 0.4, 0.6]
    assert word_starts([], [], []) == []


def test_phone_track_has_two_places_a_latent_and_none_is_lost() -> None:
    track = phone_ids([(7, 0.1, 0.14), (8, 0.14, 0.141), (9, 0.2, 0.3)], 10)
    assert track.shape == (20,)
    assert set(track) == {0, 7, 8, 9}
    assert list(np.flatnonzero(track == 9)) == [10, 11, 12, 13, 14]
