"""MLT and Kdenlive out: melt mixes the projects, every click lies on its sample, everything that was there still is."""

from __future__ import annotations

import contextlib
import io
import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import opentimelineio as otio
import pytest
from known_timelines import CLICK, KNOWN, Known
from melt import render_project

from talkies.core.destinations import check_output, losses, write_timeline
from talkies.core.errors import OutputError
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext, write_bwf
from talkies.core.segment import Take, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import without_our_tracks
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import TimeRange, to_sample

SR = 48_000
BOTH = pytest.mark.parametrize("suffix", [".mlt", ".kdenlive"])


def written(film: Known, folder: Path, suffix: str) -> Path:
    timeline = read_timeline(film.write(folder))
    write_timeline(timeline, film.takes(folder), folder / f"out{suffix}")
    return folder / f"out{suffix}"


def heard(project: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The mix as melt makes it, mono, without its sign."""
    render_project(project, project.with_name("mix.wav"))
    return np.asarray(np.abs(read_sound(project.with_name("mix.wav"))[0]))


def click_take(folder: Path, start: Fraction, end: Fraction, *, head: Fraction = Fraction(0), **options: Any) -> Take:
    """A take with one click, ``CLICK`` after its start, and noise in its handles that nobody may hear."""
    name, channels = options.pop("name", f"FX_{start.numerator}-{start.denominator}"), options.pop("channels", 1)
    path = folder / f"{name}.wav"
    placed = Take("V1-001", "FX", name, path, TimeRange(start, end), SR, head, head, channels=channels)
    first, count = placed.file_range.samples(SR)
    sound = np.full((channels, count), 0.3, np.float32)
    sound[:, to_sample(start, SR) - first : to_sample(end, SR) - first] = 0
    sound[:, to_sample(start + CLICK, SR) - first] = 0.5
    write_bwf(path, [sound], channels=channels, time_reference=max(first, 0), count=count)
    return placed


@pytest.mark.melt
@BOTH
@pytest.mark.parametrize("film", KNOWN, ids=str)
def test_clicks_are_heard_at_their_samples(film: Known, tmp_path: Path, suffix: str) -> None:
    mix = heard(written(film, tmp_path, suffix))
    clicks = [to_sample(take.record.start + CLICK, SR) for take in film.takes(tmp_path) if take.number == 1]
    assert [*np.flatnonzero(mix > 0.2)] == sorted(clicks)
    assert abs(len(mix) - to_sample(film.duration, SR)) < SR / film.rate
    start, end = film.wild.samples(SR)[0], to_sample(film.wild.end, SR)
    quiet = np.delete(mix, clicks)
    assert np.abs(np.median(mix[start + 100 : end - 100]) - 0.01) < 1e-4  # the user's own sound
    assert quiet[: start - 100].max() < 1e-6 and quiet[end + 100 :].max() < 1e-6


@BOTH
@pytest.mark.parametrize("film", KNOWN, ids=str)
def test_what_is_written_is_read_again(film: Known, tmp_path: Path, suffix: str) -> None:
    again = read_timeline(written(film, tmp_path, suffix))
    assert (again.rate, again.duration) == (film.rate, film.duration)
    names = {each.clip for each in again.segments}
    assert names == ({"A", "B", "C"} if suffix == ".mlt" else {"film.mp4"})
    assert sorted((each.record, each.source) for each in again.segments) == sorted(film.pictures.values())
    assert [(cue.text, cue.kind, cue.speaker) for cue in again.cues] == [
        (cue.text, cue.kind, cue.speaker) for cue in film.cues
    ]
    for cue, expected in zip(again.cues, film.cues, strict=True):  # SubRip counts in milliseconds
        assert abs(cue.range.start - expected.range.start) <= Fraction(1, 2000)
    wild, *ours = sound_tracks(again)
    assert (wild.name, [clip.record for clip in wild.clips]) == ("Wild track", [film.wild])
    assert {(track.name, clip.name): (clip.record, clip.enabled) for track in ours for clip in track.clips} == {
        (track, take.name): (take.record, take.number == 1)
        for track, take in zip(
            ("FX talkies", "FX talkies", "FX talkies 2", "DX talkies", "DX talkies 2"),
            film.takes(tmp_path),
            strict=True,
        )
    }


@pytest.mark.parametrize("film", KNOWN, ids=str)
def test_otios_adapter_reads_the_kdenlive_project(film: Known, tmp_path: Path) -> None:
    rows = adapter_rows(written(film, tmp_path, ".kdenlive"))
    takes = {take.name: take.record for take in film.takes(tmp_path)}
    frames = {name: (span.start * film.rate, span.duration * film.rate) for name, span in takes.items()}
    assert rows == {
        "Picture": ("Video", [("film.mp4", 0, 48), ("film.mp4", 60, 72)]),
        "Inserts": ("Video", [("film.mp4", 24, 16)]),
        "Wild track": ("Audio", [("wind", 12, 72)]),
        "DX talkies": ("Audio", [("DX_ANNA_s0_t01", *frames["DX_ANNA_s0_t01"])]),
        "DX talkies 2": ("Audio", [("DX_BORIS_s0_t01", *frames["DX_BORIS_s0_t01"])]),
        "FX talkies": ("Audio", [(name, *frames[name]) for name in ("FX_A_s0_t01", "FX_B_s0_t01")]),
        "FX talkies 2": ("Audio", [("FX_B_s0_t02", *frames["FX_B_s0_t02"])]),
    }


def adapter_rows(path: Path) -> dict[str, tuple[str, list[tuple[str, int, int]]]]:
    """What otio-kdenlive-adapter reads: by track its kind, and of each clip name, first frame and number of frames."""
    with contextlib.redirect_stdout(io.StringIO()):
        timeline = otio.adapters.read_from_file(str(path), adapter_name="kdenlive")
    return {
        track.name: (
            track.kind,
            [
                (clip.name, round(span.start_time.value), round(span.duration.value))
                for clip in track.find_clips()
                for span in (clip.range_in_parent(),)
            ],
        )
        for track in timeline.tracks
    }


@pytest.mark.melt
@BOTH
def test_takes_that_begin_between_frames_and_meet_there(tmp_path: Path, suffix: str) -> None:
    """At 25 frames a second, frame 10 is 19,200 samples in; the takes begin and meet inside frames."""
    FILM.write(tmp_path)
    edges = [Fraction(1001, 2500), Fraction(2003, 1500), Fraction(3)]
    takes = [click_take(tmp_path, *pair, head=Fraction(1, 3), channels=2) for pair in pairwise(edges)]
    write_timeline(bare(tmp_path), takes, tmp_path / f"out{suffix}")
    mix = heard(tmp_path / f"out{suffix}")
    clicks = [to_sample(each.record.start + CLICK, SR) for each in takes]
    assert [*np.flatnonzero(mix[: to_sample(edges[-1], SR)] > 0.1)] == clicks
    copies = sorted((tmp_path / "out.takes").iterdir())
    assert [copy.name for copy in copies] == [f"{each.name}.from-frame.wav" for each in takes]
    frame_start = to_sample(Fraction(10, 25), SR)
    assert read_bext(copies[0]).time_reference == frame_start
    copied, source = read_sound(copies[0])[0], read_sound(takes[0].path)[0]
    silence = to_sample(edges[0], SR) - frame_start
    assert not copied[:silence].any()
    assert np.array_equal(copied[silence:], source[to_sample(Fraction(1, 3), SR) :])


FILM = KNOWN[1]


def bare(folder: Path) -> Timeline:
    """The known timeline without the user's own sound."""
    document = otio.adapters.read_from_file(str(folder / "known.otio"))
    del document.tracks[3]
    otio.adapters.write_to_file(document, str(folder / "bare.otio"))
    return read_timeline(folder / "bare.otio")


@pytest.mark.melt
@BOTH
def test_odd_names(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "Kürze & <Länge> #1 100%? 'ok': x=1"
    folder.mkdir()
    FILM.write(folder)
    takes = [click_take(folder, Fraction(1), Fraction(2), name="FX a&b #1 100%? ü")]
    takes.append(click_take(folder, Fraction(2), Fraction(3)))
    write_timeline(bare(folder), takes, tmp_path / f"out{suffix}")
    assert [*np.flatnonzero(heard(tmp_path / f"out{suffix}") > 0.1)] == [to_sample(s + CLICK, SR) for s in (1, 2)]
    again = read_timeline(tmp_path / f"out{suffix}")
    assert {each.picture.path for each in again.segments if each.picture} == {folder / "film.mp4"}
    assert {clip.path for track in sound_tracks(again) for clip in track.clips} == {each.path for each in takes}


SUM = """<transition><property name="mlt_service">mix</property><property name="a_track">0</property>
 <property name="b_track">%d</property><property name="sum">1</property><property name="always_active">1</property>
</transition>"""
OWN = f"""<?xml version="1.0"?>
<!-- kept --><mlt LC_NUMERIC="C" odd='&#228;'><profile frame_rate_num="25" frame_rate_den="1" width="64" height="48"
 progressive="1" sample_aspect_num="1" sample_aspect_den="1" display_aspect_num="4" display_aspect_den="3"/>
<producer id="black" out="149"><property name="resource">black</property><property name="mlt_service">color</property>
 <property name="length">150</property></producer>
<producer id="w">
 <property name="resource">wind.wav</property><property name="mlt_service">avformat</property></producer>
<producer id="talkies_take1"><property name="resource">wind.wav</property></producer>
<playlist id="a"><property name="shotcut:name">own</property><entry producer="w" in="0" out="49"/></playlist>
<playlist id="p"><property name="shotcut:name">more</property><blank length="50"/>
 <entry producer="w" in="0" out="49"/></playlist>
<tractor id="t" out="149">%s<track producer="black"/>
<track producer="a" hide="video"/><track producer="p" hide="video"/>%s
{SUM % 1}{SUM % 2}
<filter><property name="unknown">1</property></filter></tractor></mlt>"""


def own(folder: Path, text: str) -> Path:
    write_bwf(folder / "wind.wav", [np.full((1, 4 * SR), 0.01, np.float32)])
    (folder / "own.mlt").write_text(text, encoding="utf-8")
    return folder / "own.mlt"


def without_talkies(text: str, but: str = "nothing") -> str:
    new = [rf'<{tag} id="talkies_(?!{but}").*?</{tag}>\n?' for tag in ("producer", "playlist", "transition")]
    return re.sub("|".join([*new, r'<track producer="talkies_[^>]*>\n?']), "", text, flags=re.DOTALL)


@pytest.mark.melt
@pytest.mark.parametrize("around", [("", ""), ("<multitrack>", "</multitrack>")])
def test_a_project_keeps_every_byte_and_its_sound(tmp_path: Path, around: tuple[str, str]) -> None:
    timeline = read_timeline(own(tmp_path, OWN % around))
    takes = [click_take(tmp_path, Fraction(start), Fraction(start) + 1) for start in (0, 1, 4)]
    takes.append(click_take(tmp_path, Fraction(1, 2), Fraction(2), name="FX_second"))
    write_timeline(timeline, takes, tmp_path / "out.mlt")
    assert without_talkies((tmp_path / "out.mlt").read_text(), but="take1") == OWN % around
    mix = heard(tmp_path / "out.mlt")
    assert [*np.flatnonzero(mix > 0.1)] == sorted(to_sample(each.record.start + CLICK, SR) for each in takes)
    levels = [np.median(mix[round(at * SR) :][:4800]) for at in (0.5, 2.5, 4.5)]
    assert np.allclose(levels, [0.01, 0.01, 0], atol=1e-4)
    again = read_timeline(tmp_path / "out.mlt")
    assert [track.name for track in sound_tracks(again)] == ["own", "more", "FX talkies", "FX talkies 2"]


@pytest.mark.melt
def test_a_mere_playlist_gets_a_tractor(tmp_path: Path) -> None:
    tractor, playlist, black = (
        "<tractor.*</tractor>",
        '<playlist id="p">.*?</playlist>',
        '<producer id="black".*?</producer>',
    )
    text = re.sub(f"{tractor}|{playlist}|{black}", "", OWN, flags=re.DOTALL)
    timeline = read_timeline(own(tmp_path, text))
    write_timeline(timeline, [click_take(tmp_path, Fraction(1), Fraction(2))], tmp_path / "out.mlt")
    mix = heard(tmp_path / "out.mlt")
    assert [*np.flatnonzero(mix > 0.1)] == [to_sample(1 + CLICK, SR)]
    assert np.median(mix[4800:43200]) == pytest.approx(0.01, abs=1e-4)


def test_ours_go_and_the_tracks_behind_them_are_counted_anew(tmp_path: Path) -> None:
    takes = [click_take(tmp_path, Fraction(start), Fraction(start) + 1) for start in (0, 1)]
    write_timeline(read_timeline(own(tmp_path, OWN % ("", ""))), takes, tmp_path / "with.mlt")
    timeline = read_timeline(tmp_path / "with.mlt")
    write_timeline(without_our_tracks(timeline), [], tmp_path / "without.mlt")
    assert (tmp_path / "without.mlt").read_text().replace("\n", "") == (OWN % ("", "")).replace("\n", "")
    # another's track behind ours: it was number 3, now it is 2
    behind = (OWN % ("", "")).replace("more", "FX talkies")
    write_timeline(without_our_tracks(read_timeline(own(tmp_path, behind))), [], tmp_path / "less.mlt")
    swapped = behind.replace('<track producer="a" hide="video"/><track producer="p" hide="video"/>',
                             '<track producer="p" hide="video"/><track producer="a" hide="video"/>')  # fmt: skip
    write_timeline(without_our_tracks(read_timeline(own(tmp_path, swapped))), [], tmp_path / "anew.mlt")
    for name in ("less", "anew"):
        root = ElementTree.parse(tmp_path / f"{name}.mlt").getroot()
        assert [track.get("producer") for track in root.iter("track")] == ["black", "a"]
        assert [each.findtext("property[@name='b_track']") for each in root.iter("transition")] == ["1"]
        assert {each.get("id") for each in root} >= {"w", "a"} and "p" not in {each.get("id") for each in root}


@pytest.mark.parametrize("name", ["kdenlive_example_v221170.kdenlive", "kdenlive_mixes_markers.kdenlive"])
def test_real_kdenlive_projects_come_back_as_they_were(shared_dir: Path, tmp_path: Path, name: str) -> None:
    path = shared_dir / "data/timelines/otio_adapters" / name
    timeline = read_timeline(path)
    takes = [click_take(tmp_path, Fraction(start), Fraction(start) + 1) for start in (1, 3)]
    write_timeline(timeline, takes, tmp_path / "out.kdenlive")
    text = (tmp_path / "out.kdenlive").read_text()
    listed = r'<entry producer="talkies_[^>]*>.*?</entry>\n|<tractor id="talkies_.*?</tractor>\n'
    assert re.sub(listed, "", without_talkies(text), flags=re.DOTALL) == path.read_text()
    write_timeline(without_our_tracks(read_timeline(tmp_path / "out.kdenlive")), [], tmp_path / "none.kdenlive")
    assert "".join((tmp_path / "none.kdenlive").read_text().split()) == "".join(path.read_text().split())
    before, after = adapter_rows(path), adapter_rows(tmp_path / "out.kdenlive")
    assert after == {
        **before,
        "FX talkies": ("Audio", [(take.name, round(take.record.start * 25), 25) for take in takes]),
    }


@BOTH
@pytest.mark.parametrize("speed", [Fraction(2), Fraction(1, 2), Fraction(-1)])
def test_retimes(tmp_path: Path, suffix: str, speed: Fraction) -> None:
    def span(start: float, count: float) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(start, 25), otio.opentime.RationalTime(count, 25))

    retime = otio.schema.LinearTimeWarp(time_scalar=float(speed))
    clip = otio.schema.Clip(
        "c", otio.schema.ExternalReference("film.mov", span(0, 500)), span(200, 50), effects=[retime]
    )
    document = otio.schema.Timeline("cut", tracks=[otio.schema.Track("V", kind="Video", children=[clip])])
    otio.adapters.write_to_file(document, str(tmp_path / "cut.otio"))
    timeline = read_timeline(tmp_path / "cut.otio")
    write_timeline(timeline, [], tmp_path / f"out{suffix}")
    (again,) = read_timeline(tmp_path / f"out{suffix}").segments
    (segment,) = timeline.segments
    assert (again.record, again.source, again.speed) == (segment.record, segment.source, speed)


def test_markers_become_guides(tmp_path: Path) -> None:
    document = otio.adapters.read_from_file(str(FILM.write(tmp_path)))
    at = otio.opentime.TimeRange(otio.opentime.RationalTime(33, 25), otio.opentime.RationalTime(0, 25))
    document.tracks.markers.append(otio.schema.Marker("look here", at, "RED"))
    otio.adapters.write_to_file(document, str(tmp_path / "known.otio"))
    timeline = read_timeline(tmp_path / "known.otio")
    write_timeline(timeline, [], tmp_path / "out.kdenlive")
    root = ElementTree.parse(tmp_path / "out.kdenlive")
    guides = root.findtext("playlist[@id='main_bin']/property[@name='kdenlive:docproperties.guides']")
    assert json.loads(guides or "") == [{"comment": "look here", "pos": 33, "type": 6}]
    (marker,) = read_timeline(tmp_path / "out.kdenlive").document.tracks.markers
    assert (marker.name, marker.color, marker.marked_range.start_time.value) == ("look here", "RED", 33)
    assert any("1 marker is left out" in sentence for sentence in losses(timeline, tmp_path / "out.mlt"))


def test_relative_addresses_are_seen_from_where_they_were(tmp_path: Path) -> None:
    timeline = read_timeline(own(tmp_path, OWN % ("", "")))
    (tmp_path / "elsewhere").mkdir()
    write_timeline(timeline, [], tmp_path / "elsewhere/out.mlt")
    root = ElementTree.parse(tmp_path / "elsewhere/out.mlt").getroot()
    assert (root.get("root"), root.get("odd")) == (str(tmp_path), "ä")
    clips = [clip for track in sound_tracks(read_timeline(tmp_path / "elsewhere/out.mlt")) for clip in track.clips]
    assert [clip.path for clip in clips] == [tmp_path / "wind.wav"] * 2


def test_subtitles_of_others_are_not_overwritten(tmp_path: Path) -> None:
    timeline = read_timeline(FILM.write(tmp_path))
    (tmp_path / "out.srt").write_text("mine")
    write_timeline(timeline, [], tmp_path / "out.mlt")
    assert (tmp_path / "out.srt").read_text() == "mine"
    write_timeline(timeline, [], tmp_path / "out.kdenlive")
    assert "ANNA: Hello there." in (tmp_path / "out.kdenlive.srt").read_text()


@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive", ".fcpxml", ".aaf"])
def test_a_bare_movie_keeps_its_own_sound(tmp_path: Path, suffix: str) -> None:
    movie = tmp_path / "talk.mov"
    with av.open(str(movie), "w") as container:
        picture, sound = (
            container.add_stream("mpeg4", rate=25),
            container.add_stream("pcm_s16le", rate=SR, layout="mono"),
        )
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        for _ in range(50):
            container.mux(picture.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), "rgb24")))
        frame = av.AudioFrame.from_ndarray(np.full((1, 2 * SR), 3000, np.int16), format="s16", layout="mono")
        frame.sample_rate = SR
        container.mux([*sound.encode(frame), *sound.encode(None), *picture.encode(None)])
    timeline = read_timeline(movie)
    write_timeline(timeline, [], tmp_path / f"out{suffix}")
    again = read_timeline(tmp_path / f"out{suffix}")
    assert [each.record for each in again.segments] == [each.record for each in timeline.segments]
    (own_sound,) = sound_tracks(again)
    assert [(clip.record, clip.path) for clip in own_sound.clips] == [(timeline.segments[0].record, movie)]


def test_kdenlive_takes_no_project_of_others(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="that Kdenlive did not make"):
        check_output(read_timeline(own(tmp_path, OWN % ("", ""))), tmp_path / "out.kdenlive")


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    timeline = read_timeline(KNOWN[0].write(tmp_path))
    said = losses(timeline, tmp_path / "out.kdenlive")
    assert [sentence.split(":")[0] for sentence in said] == [
        "Kdenlive counts from 0",
        "Kdenlive names media, not clips",
        "2 subtitles are written to an .srt file beside the Kdenlive file",
        "takes that have a head handle, or begin between frames, are copied without it",
    ]
    own_project = read_timeline(own(tmp_path, OWN % ("", "")))
    assert losses(own_project, tmp_path / "out.mlt") == said[3:]
    assert not (tmp_path / "out.takes").exists()


def test_two_takes_of_one_name_are_not_one_copy(tmp_path: Path) -> None:
    FILM.write(tmp_path)
    (tmp_path / "again").mkdir()
    takes = [
        click_take(folder, Fraction(start), Fraction(start + 1), head=Fraction(1, 2), name="FX_door")
        for folder, start in ((tmp_path, 1), (tmp_path / "again", 2))
    ]
    with pytest.raises(OutputError, match="copy of two takes of this name"):
        write_timeline(bare(tmp_path), takes, tmp_path / "out.mlt")
    assert not [*tmp_path.rglob("*.from-frame.wav")]


@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive", ".kdenlive.otio"])
@pytest.mark.parametrize("broken", ["take", "project"])
def test_a_failure_leaves_no_copies(tmp_path: Path, suffix: str, broken: str) -> None:
    FILM.write(tmp_path)
    timeline, head = bare(tmp_path), Fraction(1, 2)
    takes = [click_take(tmp_path, Fraction(start), Fraction(start + 1), head=head) for start in (1, 2)]
    if broken == "take":
        takes[1].path.write_bytes(b"no sound")
    else:
        (tmp_path / f"out{suffix}.talkies.part").mkdir()
    with pytest.raises(OutputError):
        write_timeline(timeline, takes, tmp_path / f"out{suffix}")
    assert not [*tmp_path.glob("out*.takes")] and not [*tmp_path.rglob("*.from-frame.wav")]
