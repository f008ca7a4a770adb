"""Continuous stems: the takes to the sample, pops where a mixer looks for them, one length and start for all."""

from __future__ import annotations

import struct
import tracemalloc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from known_reels import Laid, known_timeline

from talkies.core.credentials.signing import Signing
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take
from talkies.core.timeline.structure.tracks import lanes_of
from talkies.core.times import TimeRange
from talkies.core.turnover.reference import mix_blocks
from talkies.core.turnover.span import Pops, span_of
from talkies.core.turnover.stems import StemFile, stem_blocks, write_stems

BOTH = Pops(two_pop=True, tail_pop=True)

FILM = Fraction(24000, 1001)
NTSC = Fraction(30000, 1001)


def samples(path: Path) -> np.ndarray:
    """The 24-bit integers of a WAV, (C, N)."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate) == ("pcm_s24le", 48_000)
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
        whole = np.concatenate(frames, axis=1).reshape(-1, stream.channels).T
    return np.right_shift(whole.astype(np.int32), 8)


def time_reference(path: Path) -> int:
    """Of the ``bext`` chunk, read by its layout in EBU Tech 3285."""
    data = path.read_bytes()
    chunk = data[data.index(b"bext") + 8 :]
    low, high = struct.unpack_from("<II", chunk, 256 + 32 + 32 + 10 + 8)
    return int(low + (high << 32))


def written(
    folder: Path, takes: list[Take], rate: Fraction, start_frame: int, pops: Pops, **options: object
) -> tuple[StemFile, ...]:
    timeline = known_timeline(rate, start_frame, **options)  # type: ignore[arg-type]
    folder.mkdir(exist_ok=True)
    return write_stems(span_of(timeline, takes, pops), lanes_of(takes, mixed=True), folder, Signing(wanted=False))


def test_a_stem_is_its_takes_at_their_places_and_silence_elsewhere(laid: Laid, tmp_path: Path) -> None:
    """At 23.976, where frames are 2002 samples: takes over frames 0-7, 7-20 and 30-50 of 50."""
    takes = [laid("FX", TimeRange(a / FILM, b / FILM)) for a, b in ((0, 7), (7, 20), (30, 50))]
    (stem,) = written(tmp_path / "stems", takes, FILM, 86_400, Pops())
    sound = samples(stem.path)
    assert sound.shape == (1, 50 * 2002)
    expected = np.zeros((1, 50 * 2002), np.int64)
    for take, first, last in zip(takes, (0, 7, 30), (7, 20, 50), strict=True):
        whole = samples(take.path)
        expected[:, first * 2002 : last * 2002] = whole[:, 24_000 : 24_000 + (last - first) * 2002]
    assert np.array_equal(sound, expected)


@pytest.mark.parametrize(
    ("rate", "start_frame", "drop_frame", "reference", "pop", "pop_length", "length", "tail"),
    [  # by hand: a leader of eight seconds of timecode, the pop after six, tail pop two seconds after frame 50
        (Fraction(25), 90_000, False, 3592 * 48_000, 288_000, 1920, (200 + 50 + 75) * 1920, 300 * 1920),
        (FILM, 86_400, False, 86_208 * 2002, 144 * 2002, 2002, (192 + 50 + 72) * 2002, 290 * 2002),
        (NTSC, 107_892, True, 172_415_443, 288_288, 1602, 608_608, 560_560),
        (Fraction(16), 57_600, False, 3592 * 48_000, 288_000, 3000, (128 + 50 + 48) * 3000, 210 * 3000),
    ],
)
def test_pops_lie_where_they_belong(
    laid: Laid, tmp_path: Path, rate: Fraction, start_frame: int, drop_frame: bool, reference: int, pop: int,
    pop_length: int, length: int, tail: int,
) -> None:  # fmt: skip
    takes = [laid("DX", TimeRange(5 / rate, 20 / rate)), laid("FX", TimeRange(0 / rate, 50 / rate), channels=2)]
    files = written(tmp_path / "stems", takes, rate, start_frame, BOTH, drop_frame=drop_frame)
    for file in files:
        assert time_reference(file.path) == reference
        sound = read_sound(file.path, mono=False)
        assert sound.shape[1] == length
        for channel in sound:
            for place in (pop, tail):
                assert not channel[place - 2000 : place + 1].any()  # a sine begins with a zero
                assert channel[place + 1] > 0
                assert not channel[place + pop_length : place + pop_length + 500].any()
                tone = channel[place : place + pop_length].astype(np.float64)
                assert 20 * np.log10(np.sqrt(2 * np.mean(tone**2))) == pytest.approx(-20, abs=0.05)
                spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 1 << 18))
                assert spectrum.argmax() * 48_000 / (1 << 18) == pytest.approx(1000, abs=1)
            assert not channel[: pop + 1].any()


def test_a_pop_needs_no_leader_where_the_timeline_has_one(laid: Laid, tmp_path: Path) -> None:
    """The picture begins at second 8 of a timeline that begins at 00:59:52:00: the pop is at 00:59:58:00."""
    take = laid("FX", TimeRange(Fraction(9), Fraction(10)))
    (stem,) = written(tmp_path / "stems", [take], Fraction(25), 89_800, Pops(two_pop=True), first=200)
    sound = samples(stem.path)[0]
    assert time_reference(stem.path) == 3592 * 48_000
    assert np.flatnonzero(sound)[0] == 6 * 48_000 + 1 and len(sound) == 10 * 48_000


def test_without_pops_stems_begin_with_the_timeline(laid: Laid, tmp_path: Path) -> None:
    (stem,) = written(
        tmp_path / "stems", [laid("FX", TimeRange(Fraction(1), Fraction(2)))], Fraction(25), 90_000, Pops()
    )
    assert time_reference(stem.path) == 3600 * 48_000
    assert not samples(stem.path)[0, :48_000].any()


def test_before_midnight_is_the_day_before(laid: Laid, tmp_path: Path) -> None:
    timeline = known_timeline(Fraction(25), 0)
    span = span_of(timeline, [laid("FX", TimeRange(Fraction(1), Fraction(2)))], Pops(two_pop=True))
    assert span.starts_before_midnight and span.timecode(span.range.start) == "23:59:52:00"


def test_departments_speakers_and_alternatives_have_stems_of_their_own(laid: Laid, tmp_path: Path) -> None:
    early, late = TimeRange(Fraction(0), Fraction(1)), TimeRange(Fraction(1), Fraction(2))
    takes = [
        laid("DX", early, speaker="Anna"),
        laid("DX", late, speaker="Boris"),
        laid("DX", early, speaker="Anna", number=2),
        laid("FX", early, channels=2),
        laid("FX", late),
        laid("MX", early, channels=2),
    ]
    files = written(tmp_path / "stems", takes, Fraction(25), 90_000, Pops())
    assert [file.path.name for file in files] == [
        "Reel-1_DX_talkies.wav",
        "Reel-1_DX_talkies_2.wav",
        "Reel-1_DX_talkies_3_take02.wav",
        "Reel-1_FX_talkies.wav",
        "Reel-1_MX_talkies.wav",
    ]
    sounds = {file.path.name: read_sound(file.path, mono=file.lane.channels == 1) for file in files}
    assert {sound.shape[1] for sound in sounds.values()} == {96_000}
    assert [len(sound) for sound in sounds.values()] == [1, 1, 1, 2, 2]
    effects, mono = sounds["Reel-1_FX_talkies.wav"], read_sound(takes[4].path)
    middle = mono[:, 24_000:72_000] * np.sqrt(0.5)  # mono in a stereo stem: 3 dB lower on each side
    assert np.allclose(effects[:, 48_000:], np.repeat(middle, 2, axis=0), atol=2**-23)


def test_the_mix_is_the_sum_of_the_stems_without_alternatives(laid: Laid, tmp_path: Path) -> None:
    span_s = TimeRange(Fraction(0), Fraction(1))
    takes = [laid("DX", span_s), laid("FX", span_s, channels=2), laid("FX", span_s, number=2)]
    timeline = known_timeline(Fraction(25), 90_000)
    mix = np.concatenate(list(mix_blocks(span_of(timeline, takes, Pops()), takes)), axis=1)
    dialogue, effects = (read_sound(take.path, mono=False)[:, 24_000:72_000] for take in takes[:2])
    assert np.allclose(mix[:, :48_000], dialogue * np.sqrt(0.5) + effects, atol=1e-6)
    assert not mix[:, 48_000:].any()


def test_memory_does_not_grow_with_the_length(laid: Laid) -> None:
    """Half an hour is 330 MB as float32."""
    timeline = known_timeline(Fraction(25), 90_000, frames=45_000)
    takes = [laid("FX", TimeRange(Fraction(1700), Fraction(1702)))]
    (lane,) = lanes_of(takes)
    tracemalloc.start()
    count = sum(block.shape[1] for block in stem_blocks(span_of(timeline, takes, BOTH), lane))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == (8 + 1800 + 3) * 48_000
    assert peak < 8_000_000
