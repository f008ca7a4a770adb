"""Sounded scenes: onsets are looked for with a detector of the test's own."""

from __future__ import annotations

import itertools
import json
import wave
from fractions import Fraction
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from talkies.core.corpus.effects import committed_held_out, held_out, source_group
from talkies.core.corpus.onset import find_onset, single_stroke
from talkies.core.corpus.tables import read_table
from talkies.core.errors import InputError
from talkies.core.scenes import Event, exact_time, render_scene
from talkies.core.training.preparing.sounding import EffectLibrary, sound_scene, vocabulary

RATE = 48_000
SPEECH = {"human_voice_body", "crowd", "baby_cry", "scream", "laugh", "breathing", "sneeze"}


def blow(onset_s: float, length_s: float = 0.5, lead_db: float = -45.0, seed: int = 0) -> np.ndarray:
    """A decaying burst of noise that begins at ``onset_s``, after a quiet rustle."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 10 ** (lead_db / 20) * 0.2, round(length_s * RATE))
    start = round(onset_s * RATE)
    rest = len(sound) - start
    sound[start:] += 0.25 * rng.normal(size=rest) * np.exp(-np.arange(rest) / RATE / 0.05)
    return np.clip(sound, -1, 1).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recordings made up here: two wooden blows, one gravel step, rain, and a voice that must not be used."""
    rows = ["file|tags|licence|source|author|kind|dur_s|onset_s|peak|rms_db|bw999_hz|orig_sr|orig_ch|repo|flag"]
    made = {
        "knock_1.wav": ("impact wood", "oneshot", blow(0.08, seed=1)),
        "knock_2.wav": ("impact wood", "oneshot", blow(0.02, seed=2)),
        "step_1.wav": ("footsteps gravel", "oneshot", blow(0.15, lead_db=-30, seed=3)),
        "rain.wav": ("rain ambience", "ambience_loop", np.random.default_rng(4).normal(0, 0.05, 2 * RATE)),
        "voice.wav": ("human_voice_body scream", "oneshot", blow(0.0, seed=5)),
    }
    for name, (tags, kind, sound) in made.items():
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes((np.asarray(sound) * 32767).astype("<i2").tobytes())
        rows.append(f"{name}|{tags}|CC0 1.0|||{kind}|1|0.0||||48000|1||")
    (tmp_path / "tags.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def heard(mix: np.ndarray, around: Fraction, before_s: float = 0.03, after_s: float = 0.03) -> float:
    """Seconds from ``around`` to the first sample above a tenth of the neighbourhood's peak."""
    centre = round(float(around) * RATE)
    piece = np.abs(mix[max(centre - round(before_s * RATE), 0) : centre + round(after_s * RATE)])
    return (int(np.argmax(piece > piece.max() * 0.1)) - min(round(before_s * RATE), centre)) / RATE


@pytest.mark.parametrize("onset_s", [0.0, 0.013, 0.2, 0.4])
@pytest.mark.parametrize("lead_db", [-60.0, -30.0])
def test_onset_of_a_blow_after_a_rustle(onset_s: float, lead_db: float) -> None:
    found = find_onset(blow(onset_s, 0.8, lead_db), RATE)
    assert abs(found / RATE - onset_s) < 0.002


def strokes(*times_and_levels: tuple[float, float]) -> np.ndarray:
    """Bursts of noise that die away within 100 ms, at their times (s) and levels, in 1.5 s."""
    rng = np.random.default_rng(7)
    sound = np.zeros(round(1.5 * RATE), np.float32)
    for time, level in times_and_levels:
        start, decay = round(time * RATE), np.exp(-np.arange(RATE // 2) / RATE / 0.03)
        sound[start : start + RATE // 2] += level * rng.normal(0, 0.2, RATE // 2) * decay
    return sound


@pytest.mark.parametrize(
    ("recorded", "chief_s"),
    [
        (((0.1, 1.0), (0.4, 0.9), (0.9, 1.0)), 0.1),  # three shots: the first
        (((0.1, 0.15), (0.35, 1.0)), 0.35),  # a scrape before the step
        (((0.1, 1.0), (0.16, 0.9)), 0.1),  # heel and toe
    ],
)
def test_a_recording_with_several_strokes_keeps_one(recorded: tuple[tuple[float, float], ...], chief_s: float) -> None:
    start, stroke = single_stroke(strokes(*recorded), RATE)
    assert start / RATE == pytest.approx(chief_s, abs=0.002)
    assert np.argmax(np.abs(stroke)) < 0.02 * RATE
    peaks = [np.abs(stroke[n : n + 2400]).max() for n in range(0, len(stroke), 2400)]
    assert all(after < 1.2 * before for before, after in itertools.pairwise(peaks)), "no further rise"


def test_one_stroke_alone_is_left_as_it_is() -> None:
    recorded = strokes((0.1, 1.0))
    start, stroke = single_stroke(recorded, RATE)
    early = round(0.1 * RATE)
    assert stroke[:early] == pytest.approx(recorded[start : start + early], abs=0.02)


def test_onsets_lie_on_their_events(folder: Path) -> None:
    library = EffectLibrary(folder)
    times = [exact_time(t) for t in (0.0, 0.377, 1.0412, 2.5)]
    events = [Event(time, "impact", "wood", 1.0, 0.0, ("impact", "wood")) for time in times]
    events += [Event(exact_time(1.7), "footstep", "gravel", 0.8, 0.0, ("footsteps", "gravel"))]
    mix = sound_scene(events, Fraction(4), library, np.random.default_rng(1))
    assert mix.shape == (4 * RATE,)
    assert mix.dtype == np.float32
    for event in events:
        assert abs(heard(mix, event.time)) < 0.002
    assert np.abs(mix[round(3.2 * RATE) :]).max() == 0


def test_force_is_heard(folder: Path) -> None:
    library = EffectLibrary(folder)
    events = [
        Event(exact_time(t), "footstep", "gravel", f, 0.0, ("footsteps", "gravel")) for t, f in ((1, 1), (2, 0.5))
    ]
    mix = sound_scene(events, Fraction(3), library, np.random.default_rng(1))
    loud, soft = (np.abs(mix[t * RATE : t * RATE + 9600]).max() for t in (1, 2))
    assert 20 * np.log10(loud / soft) == pytest.approx(12, abs=0.1)


def test_sustained_sound_fills_exactly_its_span(folder: Path) -> None:
    event = Event(exact_time(1.5), "rain", "water", 1.0, 6.25, ("rain", "ambience"))
    mix = sound_scene([event], Fraction(10), EffectLibrary(folder), np.random.default_rng(3))
    assert not mix[: round(1.5 * RATE)].any()
    assert not mix[round(7.75 * RATE) :].any()
    levels = [np.sqrt((mix[n : n + 4800] ** 2).mean()) for n in range(round(1.6 * RATE), round(7.6 * RATE), 4800)]
    assert max(levels) / min(levels) < 1.5, "the loop's seams stay level"


def test_what_nobody_recorded_stays_silent(folder: Path) -> None:
    event = Event(exact_time(1), "call", "dog", 1.0, 0.0, ("dog", "bark"))
    assert not sound_scene([event], Fraction(2), EffectLibrary(folder), np.random.default_rng(0)).any()
    assert not sound_scene([], Fraction(2), EffectLibrary(folder), np.random.default_rng(0)).any()


def test_voices_never_sound(folder: Path) -> None:
    assert all(recording.file != "voice.wav" for recording in EffectLibrary(folder, None).recordings)


def test_same_seed_same_samples_with_and_without_cache(folder: Path, tmp_path: Path) -> None:
    events = [Event(exact_time(t), "impact", "wood", 0.7, 0.0, ("impact", "wood")) for t in (0.5, 1.5)]
    cache = tmp_path / "cache"
    mixes = [
        sound_scene(events, Fraction(3), EffectLibrary(folder, "train", where), np.random.default_rng(9))
        for where in (None, cache, cache)
    ]
    assert np.array_equal(mixes[0], mixes[1])
    assert np.array_equal(mixes[1], mixes[2])
    assert sorted(path.suffix for path in cache.iterdir()) == [".f16"] * len(list(cache.iterdir()))


def test_missing_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tags\.csv: cannot be read"):
        EffectLibrary(tmp_path)


def test_vocabulary_file_is_sound() -> None:
    table = json.loads((resources.files("talkies.resources") / "vocabularies/effects.json").read_text())
    words, synonyms, unlearned = table["words"], table["synonyms"], table["unlearned"]
    assert len(words) == len(set(words)) > 70
    assert not SPEECH & set(words)
    assert not set(words) & set(unlearned) and set(unlearned.values()) <= {*words, ""}
    known = {*words, *unlearned}
    assert {word for meant in synonyms.values() for word in meant.split()} <= known, "one word or several"
    assert not set(synonyms) & known
    assert len(synonyms) > 500
    assert synonyms["steps"] == "footsteps"
    assert synonyms["thunderclap"] == "thunder"


def test_vocabulary_covers_the_recordings(shared_dir: Path) -> None:
    table = json.loads((resources.files("talkies.resources") / "vocabularies/effects.json").read_text())
    assert set(vocabulary(shared_dir / "data/foley/tags.csv")) == set(table["words"])


def test_held_out_recordings_are_fixed_and_apart(shared_dir: Path) -> None:
    rows = read_table(shared_dir / "data/foley" / "tags.csv")
    assert set(held_out(rows)) == committed_held_out()
    train, test = (EffectLibrary(shared_dir / "data", split).recordings for split in ("train", "test"))
    assert not {r.file for r in train} & {r.file for r in test}
    assert 0.08 < len(test) / len(train) < 0.25
    originals = {row["file"]: set(row["tags"].split()) for row in rows}
    assert not any(originals[recording.file] & SPEECH for recording in (*train, *test))
    # recordings cut from one field recording never lie on both sides
    field = [source_group(r.file) for r in train if r.file.startswith("esc10")]
    assert not set(field) & {source_group(r.file) for r in test if r.file.startswith("esc10")}


def test_recorded_onsets_lie_on_the_events_of_scenes(shared_dir: Path) -> None:
    library = EffectLibrary(shared_dir / "data", "test")
    offsets = []
    for seed, kind in enumerate(("bouncing", "hammering", "breaking", "gun", "switch", "walking")):
        scene = render_scene(seed, Fraction(8), kind=kind, clean=True)
        for event in scene.events:
            alone = sound_scene([event], scene.duration, library, np.random.default_rng(seed))
            centre = round(float(event.time) * RATE)
            assert not alone[: max(centre - round(0.002 * RATE), 0)].any(), "nothing sounds before its event"
            offsets.append(heard(alone, event.time, 0.01, 0.05))
    assert np.median(np.abs(offsets)) < 0.002
    assert np.quantile(np.abs(offsets), 0.9) < 0.01
