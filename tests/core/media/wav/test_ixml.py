"""What a WAV says of itself, read by others: FFmpeg, a parser of XML, and chunks taken apart by hand."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pytest

from talkies.core.arrays import Samples
from talkies.core.media.bwf_rewrite import rewrite_bwf
from talkies.core.media.sound import read_sound
from talkies.core.media.wav import riff
from talkies.core.media.wav.bwf import read_bext, read_ixml, write_bwf
from talkies.core.media.wav.ixml import Slate

RATE = 48_000
FILM = Fraction(24_000, 1001)
SLATE = Slate("Reel <1>", "A001_C002.mov", "3", 'Anna: "Grüß Gott" & more\x07', "DX Anna", FILM, drop_frame=False)
FAR = (5 << 32) + 7


def chunks(path: Path) -> dict[str, bytes]:
    """By name, by hand."""
    data, at, found = path.read_bytes(), 12, {}
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        found[data[at : at + 4].decode()] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return found


def ixml(path: Path) -> dict[str, list[str]]:
    """Texts by element."""
    root = ElementTree.fromstring(chunks(path)["iXML"])
    assert root.tag == "BWFXML"
    found: dict[str, list[str]] = {}
    for element in root.iter():
        if not len(element):
            found.setdefault(element.tag, []).append(element.text or "")
    return found


def programme(seconds: float = 12.0, channels: int = 1) -> Samples:
    """A tone whose level goes from -40 to -14 dBFS in steps of 3 s."""
    times = np.arange(round(seconds * RATE)) / RATE
    level = 10 ** ((-40 + 26 / 3 * np.minimum(times // 3, 3)) / 20)
    return np.repeat((level * np.sin(2 * np.pi * 997 * times))[None], channels, axis=0).astype(np.float32)


def by_ffmpeg(path: Path) -> dict[str, float]:
    """The last figures of FFmpeg's meter, and the highest of those that move."""
    graph, highest = av.filter.Graph(), {"M": -200.0, "S": -200.0}
    with av.open(path) as container:
        stream = container.streams.audio[0]
        source = graph.add_abuffer(template=stream)
        meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        found: dict[str, str] = {}
        for frame in [*container.decode(stream), None]:
            graph.push(frame)
            while True:
                try:
                    found = dict(graph.pull().metadata) or found
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                for name in highest:
                    highest[name] = max(highest[name], float(found[f"lavfi.r128.{name}"]))
    peaks = [20 * np.log10(float(value)) for name, value in found.items() if "true_peaks_ch" in name]
    return {**highest, "I": float(found["lavfi.r128.I"]), "LRA": float(found["lavfi.r128.LRA"]), "peak": max(peaks)}


def stated_levels(path: Path) -> tuple[int, ...]:
    """Version and the five loudness fields of a bext chunk (EBU Tech 3285, supplement of version 2)."""
    bext = chunks(path)["bext"]
    return (*struct.unpack_from("<H", bext, 346), *struct.unpack_from("<5h", bext, 412))


def test_an_xml_parser_reads_scene_take_note_tracks_and_timecode(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    write_bwf(path, [programme(1, 2)], channels=2, time_reference=FAR, slate=SLATE)
    said = ixml(path)
    assert [said[name] for name in ("PROJECT", "SCENE", "TAKE")] == [["Reel <1>"], ["A001_C002.mov"], ["3"]]
    assert said["NOTE"] == ['Anna: "Grüß Gott" & more ']
    assert said["NAME"] == ["DX Anna L", "DX Anna R"] and said["FUNCTION"] == ["LEFT", "RIGHT"]
    assert said["TRACK_COUNT"] == ["2"] and said["CHANNEL_INDEX"] == said["INTERLEAVE_INDEX"] == ["1", "2"]
    assert (said["TIMECODE_RATE"], said["TIMECODE_FLAG"]) == (["24000/1001"], ["NDF"])
    high, low = (int(said[f"TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_{part}"][0]) for part in ("HI", "LO"))
    assert (high, low) == (5, 7)
    assert said["FILE_SAMPLE_RATE"] == ["48000"] and said["AUDIO_BIT_DEPTH"] == ["24"]


@pytest.mark.parametrize("channels", [1, 2])
def test_loudness_in_bext_is_what_ffmpeg_measures(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "take.wav"
    write_bwf(path, [programme(channels=channels)], channels=channels)
    version, *stated = stated_levels(path)
    measured = by_ffmpeg(path)
    assert version == 2
    for value, name in zip(stated, ("I", "LRA", "peak", "M", "S"), strict=True):
        assert value / 100 == pytest.approx(measured[name], abs=0.2), name


def test_what_cannot_be_measured_is_said_to_be_unknown(tmp_path: Path) -> None:
    write_bwf(tmp_path / "silent.wav", [np.zeros((1, 5 * RATE), np.float32)])
    assert stated_levels(tmp_path / "silent.wav") == (2, 0x7FFF, 0x7FFF, 0x7FFF, 0x7FFF, 0x7FFF)
    write_bwf(tmp_path / "short.wav", [programme(1)])
    assert [value == 0x7FFF for value in stated_levels(tmp_path / "short.wav")[1:]] == [False, True, False, False, True]


def test_ffmpeg_reads_the_rest_of_bext(tmp_path: Path) -> None:
    path, made = tmp_path / "take.wav", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    write_bwf(
        path, [programme(1)], time_reference=FAR, description="DX s1", originator_reference="s1 2", origination=made
    )
    with av.open(path) as container:
        said = dict(container.metadata)
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("pcm_s24le", RATE, 1)
    assert (said["comment"], said["encoded_by"], said["originator_reference"]) == ("DX s1", "talkies", "s1 2")
    assert (said["date"], said["creation_time"], said["time_reference"]) == ("2026-02-03", "04:05:06", str(FAR))
    assert said["coding_history"].startswith("A=PCM,F=48000,W=24,M=mono")


def test_a_rewritten_file_keeps_its_slate_and_measures_anew(tmp_path: Path) -> None:
    path, later = tmp_path / "take.wav", tmp_path / "later.wav"
    write_bwf(path, [programme()], time_reference=10, slate=SLATE)
    before = ixml(path)
    quieter = 10 ** (-6 / 20)
    rewrite_bwf(
        path,
        later,
        lambda blocks: (b * np.float32(quieter) for b in blocks),
        channels=1,
        time_reference=lambda t: t + 5,
    )
    after = ixml(later)
    assert after.pop("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO") == ["15"]
    before.pop("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO")
    assert after == before
    for number, change in ((1, -6), (2, 0), (3, -6), (4, -6), (5, -6)):
        assert (stated_levels(later)[number] - stated_levels(path)[number]) / 100 == pytest.approx(change, abs=0.02)


def test_what_a_recorder_wrote_stays_and_tracks_follow_the_channels(tmp_path: Path) -> None:
    """A file of another maker: elements that we do not know stay, also two more tracks' names do not."""
    foreign = b"""<?xml version="1.0"?><BWFXML><IXML_VERSION>1.61</IXML_VERSION><SCENE>12A</SCENE><TAPE>R7</TAPE>
    <USER>boom close</USER><TRACK_LIST><TRACK_COUNT>1</TRACK_COUNT><TRACK><NAME>Boom</NAME></TRACK></TRACK_LIST>
    </BWFXML>"""
    path, mono, pair = tmp_path / "a.wav", tmp_path / "b.wav", tmp_path / "c.wav"
    write_bwf(path, [programme(1)], slate=foreign)
    rewrite_bwf(path, mono, channels=1)
    said = ixml(mono)
    assert [said[name] for name in ("SCENE", "TAPE", "USER", "NAME")] == [["12A"], ["R7"], ["boom close"], ["Boom"]]
    rewrite_bwf(path, pair, channels=2)
    assert ixml(pair)["TRACK_COUNT"] == ["2"] and ixml(pair)["SCENE"] == ["12A"]


@pytest.mark.parametrize(
    "damaged", [b"", b"<BWFXML", b"<other/>", b'<!DOCTYPE a [<!ENTITY b "c">]><BWFXML>&b;</BWFXML>']
)
def test_a_chunk_that_cannot_be_read_is_written_anew(tmp_path: Path, damaged: bytes) -> None:
    write_bwf(tmp_path / "a.wav", [programme(1)], slate=damaged)
    assert ixml(tmp_path / "a.wav")["TRACK_COUNT"] == ["1"]


def test_beyond_four_gigabytes_it_is_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a smaller limit: FFmpeg and our own reader find samples and chunks all the same."""
    path, sound = tmp_path / "long.wav", programme(1, 2)
    write_bwf(path, [sound], channels=2)
    plain = path.read_bytes()
    monkeypatch.setattr(riff, "LARGEST", 100_000)
    write_bwf(path, [sound], channels=2, time_reference=FAR, slate=SLATE)
    data = bytearray(path.read_bytes())
    assert data[:4] == b"RF64" and data[12:16] == b"ds64"
    whole, samples, frames = struct.unpack_from("<QQQ", data, 20)
    assert (whole, samples, frames) == (len(data) - 8, 6 * RATE, RATE)
    for place in (4, data.index(b"data") + 4):
        assert struct.unpack_from("<I", data, place)[0] == 100_000
        data[place : place + 4] = b"\xff" * 4  # as it is where the limit is the real one
    path.write_bytes(data)
    monkeypatch.undo()
    assert np.abs(read_sound(path, mono=False) - sound).max() <= 2**-23
    assert read_bext(path).time_reference == FAR and b"A001_C002.mov" in read_ixml(path)
    assert plain[:4] == b"RIFF"


@pytest.mark.parametrize("gain_db", [-7.5, 0.0, 3.0])
def test_loudness_that_is_known_is_what_ffmpeg_measures(tmp_path: Path, gain_db: float) -> None:
    source, louder = tmp_path / "take.wav", tmp_path / "louder.wav"
    write_bwf(source, [programme(channels=2) * np.float32(0.5)], channels=2)
    factor = np.float32(10 ** (gain_db / 20))
    rewrite_bwf(source, louder, lambda blocks: (block * factor for block in blocks), channels=2, gain_db=gain_db)
    _, *stated = stated_levels(louder)
    measured = by_ffmpeg(louder)
    for value, name in zip(stated, ("I", "LRA", "peak", "M", "S"), strict=True):
        assert value / 100 == pytest.approx(measured[name], abs=0.2), name
