"""Waveforms and thumbnails: right, out of the way, and never trusted when they come from a broken cache."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from films import write_movie
from pytestqt.qtbot import QtBot

from talkies.core.errors import MediaError
from talkies.core.media.stills import StillReader, grid_of, still_time
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange
from talkies.ui.timeline.cache import DiskCache, media_key
from talkies.ui.timeline.cache_keys import PeaksKey, StillKey
from talkies.ui.timeline.media import Media
from talkies.ui.timeline.peaks import PER_SECOND, Peaks, read_peaks


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """One second at a quarter of full scale, one of silence."""
    times = np.arange(48_000) / 48_000
    samples = np.concatenate([0.25 * np.sin(times * 2 * np.pi * 1000), np.zeros(48_000)]).astype(np.float32)
    write_bwf(tmp_path / "tone.wav", [samples[None]], count=96_000)
    return tmp_path / "tone.wav"


@pytest.fixture
def media(qtbot: QtBot, tmp_path: Path) -> Iterator[Media]:
    media = Media(tmp_path / "cache")
    yield media
    media.stop()


def wish(media: Media, *keys: StillKey | PeaksKey) -> None:
    media.begin(everything=True)
    for key in keys:
        media.still(key) if isinstance(key, StillKey) else media.peaks(key)
    media.end()


def test_peaks_of_a_tone(tone: Path) -> None:
    peaks = read_peaks(tone)
    assert peaks is not None and peaks.seconds == 2
    loud, quiet = peaks.columns(0.2, 0.01, 60), peaks.columns(1.2, 0.01, 60)
    assert np.abs(loud[0].astype(int) - 255 * 0.25**0.5).max() <= 3
    assert np.abs(loud[1].astype(int) - 255 * (0.25 / 2**0.5) ** 0.5).max() <= 3
    assert quiet.max() <= 2
    assert peaks.columns(-1, 0.01, 90).max() == peaks.columns(2.01, 0.1, 5).max() == 0


def test_every_zoom_shows_the_same_peak() -> None:
    finest = np.zeros((2, 100 * PER_SECOND), np.uint8)
    finest[:, 40 * PER_SECOND] = 200
    peaks = Peaks.of(finest)
    for columns in (10, 100, 1000, 20_000):
        shown = peaks.columns(0, 100 / columns, columns)[0]
        assert shown.max() == 200 and abs(int(shown.argmax()) - columns * 0.4) <= 1
    backwards = peaks.columns(100, -0.1, 1000)[0]
    assert abs(int(backwards.argmax()) - 600) <= 1
    assert np.array_equal(Peaks.from_bytes(peaks.to_bytes()).levels[-1], peaks.levels[-1])


def test_a_waveform_nobody_waits_for_is_given_up(tone: Path) -> None:
    assert read_peaks(tone, lambda: False) is None


def test_cache_keeps_discards_and_stays_small(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache", limit_bytes=5000)
    cache.write("ab1", b"thing")
    assert cache.read("ab1") == b"thing" and cache.read("ab2") is None
    (entry,) = (tmp_path / "cache").glob("*/*")
    for damage in (b"", b"\0\0", entry.read_bytes()[:-1], b"\0" * 40):
        entry.write_bytes(damage)
        assert cache.read("ab1") is None and not entry.exists()
        cache.write("ab1", b"thing")
    for number in range(200):
        cache.write(f"cd{number}", bytes(100))
    cache.prune()
    assert sum(path.stat().st_size for path in (tmp_path / "cache").glob("*/*")) <= 5000
    assert cache.read("cd199") == bytes(100)


def test_a_cache_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = DiskCache(tmp_path / "file")
    cache.write("ab", b"thing")
    assert cache.read("ab") is None


def test_the_key_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    first = media_key(path, "still", 1)
    assert first == media_key(path, "still", 1) != media_key(path, "still", 2)
    path.write_bytes(b"12")
    assert media_key(path, "still", 1) != first


def test_thumbnails_and_waveforms_arrive(qtbot: QtBot, media: Media, tone: Path, tmp_path: Path) -> None:
    picture = Picture(write_movie(tmp_path / "film.mp4", flashes=(1.0,)))
    before, after = (StillKey(picture, Fraction(time), 48) for time in (Fraction(1, 2), Fraction(3, 2)))
    wish(media, before, after, PeaksKey(tone))
    qtbot.waitUntil(
        lambda: None not in (media.still(before), media.still(after), media.peaks(PeaksKey(tone))), timeout=20_000
    )
    images = [pixmap.toImage() for pixmap in (media.still(before), media.still(after)) if pixmap is not None]
    assert [(image.width(), image.height()) for image in images] == [(64, 48)] * 2
    assert [image.pixelColor(13, 24).red() > 180 for image in images] == [True, False]  # the white square has jumped
    assert [image.pixelColor(26, 24).red() > 180 for image in images] == [False, True]
    assert len(list((tmp_path / "cache").glob("*/*"))) == 3


def test_what_was_scrolled_away_is_not_made(qtbot: QtBot, media: Media, tmp_path: Path) -> None:
    picture = Picture(write_movie(tmp_path / "film.mp4"))
    gone = [StillKey(picture, Fraction(number, 25), 48) for number in range(40)]
    wanted = StillKey(picture, Fraction(41, 25), 48)
    wish(media, *gone)
    wish(media, wanted)
    with qtbot.waitSignal(media.arrived, timeout=20_000) as arrived:
        pass
    assert arrived.args == [wanted]


def test_broken_media_say_so_and_do_no_harm(qtbot: QtBot, media: Media, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(range(256)) * 9)
    still = StillKey(Picture(tmp_path / "broken.mp4"), Fraction(0), 48)
    silent = PeaksKey(write_movie(tmp_path / "silent.mp4"))
    wish(media, still, silent, PeaksKey(tmp_path / "gone.wav"))
    qtbot.waitUntil(lambda: bool(media.problem(still) and media.problem(silent)), timeout=20_000)
    assert "broken.mp4" in media.problem(still) == media.problem_of(still.path)
    assert "has no sound" in media.problem(silent)
    assert media.still(still) is None and media.peaks(silent) is None
    media.forget(still.path)
    assert media.problem(still) == ""


def test_a_damaged_cache_entry_is_made_again(qtbot: QtBot, tone: Path, tmp_path: Path) -> None:
    for _ in range(2):
        media = Media(tmp_path / "cache")
        wish(media, PeaksKey(tone))
        qtbot.waitUntil(lambda media=media: media.peaks(PeaksKey(tone)) is not None, timeout=20_000)  # type: ignore[misc]
        media.stop()
        (entry,) = (tmp_path / "cache").glob("*/*")
        entry.write_bytes(entry.read_bytes()[:50])


def test_pictures_are_asked_for_on_a_grid() -> None:
    record = TimeRange(Fraction(10), Fraction(20))
    segment = Segment("s", "", "V1", record, TimeRange(Fraction(5), Fraction(15)), Fraction(25))
    assert [grid_of(step) for step in (3, 2, 1.5, 0.3)] == [2, 2, 1, Fraction(1, 4)]
    assert still_time(segment, Fraction(10), Fraction(2)) == 5  # never before the clip's first picture
    assert still_time(segment, Fraction(13), Fraction(2)) == 8
    assert still_time(segment, Fraction(127, 10), Fraction(1, 4)) == Fraction(15, 2)
    assert still_time(segment, Fraction(25), Fraction(1)) == Fraction(15) - Fraction(1, 25)


def test_single_pictures_of_sequences(tmp_path: Path) -> None:
    reader = StillReader()
    missing = Picture(tmp_path, (None, None), Fraction(24))
    with pytest.raises(MediaError, match="frame 1 is missing"):
        reader.read(missing, Fraction(1), 48)


def test_no_torch_in_the_panels_process() -> None:
    code = "import sys, talkies.ui.timeline; print('torch' in sys.modules, 'av' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert result.stdout.split() == ["False", "False"]
