"""Sound files: the written bytes read by hand, and what is not a sound refused in a sentence."""

from __future__ import annotations

import struct
import subprocess
import sys
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.errors import MediaError, OutputError
from talkies.core.media.envelope import around
from talkies.core.media.sound import read_sound, resampled, sound_blocks
from talkies.core.media.wav.bwf import read_bext, write_bwf
from talkies.core.times import TimeRange

SR = 48000


def riff(path: Path) -> dict[bytes, bytes]:
    """The chunks of a WAV by name, read by hand; sizes must add up to the file."""
    data = path.read_bytes()
    assert data[:4] == b"RIFF" and data[8:12] == b"WAVE"
    assert struct.unpack_from("<I", data, 4)[0] + 8 == len(data)
    chunks, at = {}, 12
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        chunks[data[at : at + 4]] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert at == len(data)
    return chunks


def samples(chunk: bytes, channels: int) -> np.ndarray:
    """24-bit little-endian integers as (C, N)."""
    padded = np.zeros((len(chunk) // 3, 4), np.uint8)
    padded[:, 1:] = np.frombuffer(chunk, np.uint8).reshape(-1, 3)
    return (padded.view("<i4").reshape(-1, channels) >> 8).T


def tone(count: int, channels: int = 1) -> np.ndarray:
    return (0.5 * np.sin(np.arange(count * channels) / 9)).reshape(channels, count).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_bytes_are_broadcast_wav(tmp_path: Path, channels: int) -> None:
    path, sound = tmp_path / "new" / "take.wav", tone(200_001, channels)
    made = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    text: dict[str, Any] = {"description": "DX Hänsel", "originator_reference": "s001 1"}
    blocks = np.array_split(sound, 3, axis=1)
    assert write_bwf(path, blocks, channels=channels, time_reference=5_000_000_000, origination=made, **text) == 200_001
    chunks = riff(path)
    _, there, rate, per_second, block, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    assert (there, rate, per_second, block, bits) == (channels, SR, SR * 3 * channels, 3 * channels, 24)
    assert (samples(chunks[b"data"], channels) == np.round(sound.astype(np.float64) * 2**23)).all()
    bext = chunks[b"bext"]
    fields = [
        bext[first:last].rstrip(b"\0") for first, last in ((0, 256), (256, 288), (288, 320), (320, 330), (330, 338))
    ]
    assert fields == [b"DX H?nsel", b"talkies", b"s001 1", b"2026-02-03", b"04:05:06"]
    assert struct.unpack_from("<Q", bext, 338)[0] == 5_000_000_000
    assert bext[602:].startswith(b"A=PCM,F=48000,W=24,M=" + (b"mono" if channels == 1 else b"stereo"))
    assert [file.name for file in path.parent.iterdir()] == ["take.wav"]


def test_bext_reads_back(tmp_path: Path) -> None:
    made = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    write_bwf(
        tmp_path / "a.wav", [tone(9)], time_reference=7, description="d", originator_reference="r", origination=made
    )
    bext = read_bext(tmp_path / "a.wav")
    assert (bext.time_reference, bext.description, bext.originator_reference, bext.origination) == (7, "d", "r", made)


@pytest.mark.parametrize("stated", ["soon", "-1", "9" * 5000])
def test_what_other_formats_call_a_time_reference(tmp_path: Path, stated: str) -> None:
    import av

    with av.open(str(tmp_path / "a.flac"), "w") as container:
        container.metadata["time_reference"] = stated
        stream = container.add_stream("flac", rate=SR, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), format="s16", layout="mono")
        frame.sample_rate = SR
        container.mux([*stream.encode(frame), *stream.encode(None)])
    with av.open(str(tmp_path / "a.flac")) as container:
        assert container.metadata["time_reference"] == stated
    assert read_bext(tmp_path / "a.flac").time_reference == 0


def test_full_scale_is_clipped_not_wrapped(tmp_path: Path) -> None:
    write_bwf(tmp_path / "a.wav", [np.array([[1.0, -1.0, 3.0, -3.0, np.nan]], np.float32)])
    assert samples(riff(tmp_path / "a.wav")[b"data"], 1)[0].tolist() == [2**23 - 1, -(2**23), 2**23 - 1, -(2**23), 0]


def test_dither_is_small_repeatable_and_leaves_silence_alone(tmp_path: Path) -> None:
    sound = np.full((1, 50_000), 0.3 / 2**23, np.float32)
    sound[0, 40_000:] = 0
    for name in "ab":
        write_bwf(tmp_path / name, [sound], dither=True, seed=5)
    noisy = samples(riff(tmp_path / "a")[b"data"], 1)[0]
    assert (noisy == samples(riff(tmp_path / "b")[b"data"], 1)[0]).all()
    assert set(noisy.tolist()) == {-1, 0, 1} and not noisy[40_000:].any()
    assert noisy[:40_000].mean() == pytest.approx(0.3, abs=0.02)


def test_no_samples_is_a_file_too(tmp_path: Path) -> None:
    assert write_bwf(tmp_path / "a.wav", [], count=0) == 0
    assert riff(tmp_path / "a.wav")[b"data"] == b""


def test_the_count_is_checked(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("before")
    with pytest.raises(OutputError, match="10 samples were written, 11 were expected"):
        write_bwf(tmp_path / "a.wav", [tone(10)], count=11)
    assert (tmp_path / "a.wav").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_stop_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def blocks() -> Iterator[np.ndarray]:
        yield tone(100_000)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bwf(tmp_path / "a.wav", blocks())
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """A limit on the size of files stops the real writer in a process of its own."""
    program = """
import resource, sys
from pathlib import Path
from typing import Any
import numpy as np
from talkies.core.errors import OutputError
from talkies.core.media.wav.bwf import write_bwf
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_bwf(Path(sys.argv[1]), (np.ones((1, 48000), np.float32) for _ in range(20)))
except OutputError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.wav"], capture_output=True, text=True, check=True
    )
    assert "a.wav: cannot be written (file too large); free some space" in done.stdout
    assert done.stderr == "" and not list(tmp_path.iterdir())


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (Path("/proc/a.wav"), tmp_path / "file" / "a.wav"):
        with pytest.raises(OutputError, match="cannot be written"):
            write_bwf(path, [tone(10)])


def test_reading_resamples_and_mixes(tmp_path: Path) -> None:
    """An impulse at a quarter of a second stays there at every rate; by Python's own wave module."""
    for rate in (8000, 22050, 44100, 48000, 96000):
        data = np.zeros((rate, 2), "<i2")
        data[rate // 4] = 16000
        with wave.open(str(tmp_path / "a.wav"), "wb") as file:
            file.setparams((2, 2, rate, rate, "NONE", ""))
            file.writeframes(data.tobytes())
        mono = read_sound(tmp_path / "a.wav")
        assert mono.dtype == np.float32 and mono.shape[0] == 1
        assert abs(mono.shape[1] - SR) <= 1
        assert abs(np.abs(mono[0]).argmax() - SR * (rate // 4) / rate) <= 1
        assert read_sound(tmp_path / "a.wav", 16000, mono=False).shape[0] == 2


def test_mono_is_as_loud_on_both_sides(tmp_path: Path) -> None:
    write_bwf(tmp_path / "a.wav", [tone(4800)])
    assert (read_sound(tmp_path / "a.wav", mono=False) == read_sound(tmp_path / "a.wav")).all()


def test_reading_streams(tmp_path: Path) -> None:
    write_bwf(tmp_path / "a.wav", [tone(SR * 3)])
    assert all(block.shape[1] < 10_000 for block in sound_blocks(tmp_path / "a.wav"))


def test_a_broadcast_may_change_from_stereo_to_surround(tmp_path: Path) -> None:
    """One second each of a tone at half of full scale; both are heard whole."""
    data = b""
    for layout, channels in (("stereo", 2), ("5.1", 6)):
        with av.open(str(tmp_path / "part.ac3"), "w") as container:
            stream = container.add_stream("ac3", rate=48_000, layout=layout)
            tone = 0.5 * np.sin(np.arange(48_000 // 1536 * 1536) / 20).astype(np.float32)
            for start in range(0, len(tone), 1536):
                block = np.zeros((channels, 1536), np.float32)
                block[:2] = tone[start : start + 1536]  # left and right
                frame = av.AudioFrame.from_ndarray(block, "fltp", layout)
                frame.sample_rate, frame.pts = 48_000, start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        data += (tmp_path / "part.ac3").read_bytes()
    (tmp_path / "change.ac3").write_bytes(data)
    sound = read_sound(tmp_path / "change.ac3")[0]
    assert abs(len(sound) - 2 * len(tone)) <= 4 * 1536
    for half in np.split(sound[4800:-4800], [len(sound) // 2 - 4800]):
        assert 0.2 < float(np.sqrt(np.mean(half**2))) < 0.8


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    write_bwf(tmp_path / "good.wav", [tone(100)])
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("no sound at all\n" * 99)
    (tmp_path / "head.wav").write_bytes((tmp_path / "good.wav").read_bytes()[:700])
    for name in ("missing.wav", "empty.wav", "text.wav", "head.wav", "."):
        with pytest.raises(MediaError) as caught:
            read_sound(tmp_path / name)
        assert "\n" not in str(caught.value)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.sampled_from([16000, 22050, 24000]))
def test_resampling_does_not_depend_on_blocks(sizes: list[int], rate: int) -> None:
    sound = tone(sum(sizes))
    pieces = np.split(sound, np.cumsum(sizes)[:-1], axis=1)
    whole = np.concatenate(list(resampled([sound], rate, SR)), axis=1)
    parts = np.concatenate(list(resampled(pieces, rate, SR)), axis=1)
    assert np.abs(whole - parts).max() < 1e-5
    assert abs(whole.shape[1] - sum(sizes) * SR / rate) <= 2


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=6), st.integers(0, 40), st.integers(1, 99)
)
def test_gates_are_shut_outside_and_do_not_depend_on_blocks(cues: list[tuple[int, int]], fade: int, size: int) -> None:
    ranges = [TimeRange(Fraction(first, SR), Fraction(last, SR)) for first, last in cues]
    envelope = around(ranges, 100, 600, SR, fade)
    whole = envelope.gains(0, 600)
    inside = np.zeros(1000, bool)
    for first, last in cues:
        inside[first:last] = True
    assert ((whole > 0) <= inside[100:700]).all() and whole.max(initial=0) <= 1
    parts = np.concatenate([envelope.gains(at, min(size, 600 - at)) for at in range(0, 600, size)])
    assert (parts == whole).all()
    if fade == 0:
        assert ((whole == 1) == inside[100:700]).all()
