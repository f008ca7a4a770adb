"""AAF out, read again by what we did not write: the object model of ``aaf2`` and OTIO's own adapter."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aaf2
import numpy as np
import opentimelineio as otio
import pytest
from cuts import FRAMES, nearest_sample, save, span, takes_of, time_reference_of, write_cut

from talkies.core.destinations import losses, write_timeline
from talkies.core.errors import OutputError
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks, without_our_tracks
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import TimeRange

RATES = [(Fraction(24), 24), (Fraction(25), 25), (Fraction(24000, 1001), 24), (Fraction(30000, 1001), 30)]


@dataclass
class Heard:
    """What an editor would play: ``start`` and ``length`` of a clip and the place in its file, in seconds."""

    name: str
    start: Fraction
    length: Fraction
    offset: Fraction
    url: str
    descriptor: Any
    timecode: Fraction


def heard(composition: Any, name: str) -> list[Heard]:
    """Walks a track down to the files, each time in the edit units of the slot that refers."""
    found = []
    for slot in composition.slots:
        if slot.name != name:
            continue
        position = Fraction(0)
        for part in slot.segment.components:
            length = Fraction(part.length) / Fraction(slot.edit_rate)
            if isinstance(part, aaf2.components.SourceClip):
                found.append(followed(part, Fraction(slot.edit_rate), position, length))
            position += length
    return found


def followed(clip: Any, rate: Fraction, start: Fraction, length: Fraction) -> Heard:
    master, slot = clip.mob, clip.slot
    into_file = Fraction(clip.start) / rate + Fraction(slot.segment.start) / Fraction(slot.edit_rate)
    file, file_slot = slot.segment.mob, slot.segment.slot
    tape = file_slot.segment.mob
    first = next(each for each in tape.slots if each.media_kind == "Timecode")
    on_tape = Fraction(first.segment.start) / Fraction(first.edit_rate)
    on_tape += Fraction(file_slot.segment.start) / Fraction(file_slot.edit_rate)
    assert into_file + length <= Fraction(file.descriptor["Length"].value) / Fraction(
        file.descriptor["SampleRate"].value
    )
    url = file.descriptor["Locator"].value[0]["URLString"].value
    return Heard(master.name, start, length, into_file, url, file.descriptor, on_tape)


def primary_timecode(mob: Any) -> Any:
    (slot,) = (each for each in mob.slots if each.media_kind == "Timecode" and each["PhysicalTrackNumber"].value == 1)
    return slot


@pytest.mark.parametrize(("rate", "nominal"), RATES)
def test_takes_lie_on_their_sample_and_link_to_their_files(tmp_path: Path, rate: Fraction, nominal: int) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", float(rate), nominal * 3600))
    handle = Fraction(1)
    takes = takes_of(timeline, tmp_path / "Töne #1", handles=(handle, handle))
    write_timeline(timeline, takes, tmp_path / "out.aaf")
    with aaf2.open(str(tmp_path / "out.aaf")) as file:
        (composition,) = file.content.toplevel()
        timecode = primary_timecode(composition)
        assert Fraction(timecode.edit_rate) == rate
        assert (timecode.segment.start, timecode.segment.fps, timecode.segment.drop) == (nominal * 3600, nominal, False)
        pictures, sounds = heard(composition, "V1"), heard(composition, "DX talkies")
    assert [(clip.name, clip.start, clip.length, clip.offset) for clip in pictures] == [
        (f"shot {number}", first / rate, count / rate, 10 / rate)
        for number, (first, count) in enumerate(FRAMES, start=1)
    ]
    assert {unquote(clip.url) for clip in pictures} == {f"file://{tmp_path}/Schnitt 1 #ä.mov"}
    for clip, take, (first, count) in zip(sounds, takes, FRAMES, strict=True):
        assert (clip.name, clip.start, clip.length) == (take.name, first / rate, count / rate)
        exact = nearest_sample(first / rate) - nearest_sample(first / rate - handle)
        assert abs(clip.offset * 48000 - exact) < (1 if nominal == 30 else Fraction(1, 10**9))
        assert Path(unquote(clip.url.removeprefix("file://"))) == take.path
        assert clip.timecode * 48000 == time_reference_of(take.path)
        assert isinstance(clip.descriptor, aaf2.essence.WAVEDescriptor)
        header, wave = bytes(clip.descriptor["Summary"].value), take.path.read_bytes()
        assert header[:12] == wave[:12] and header[12:16] == b"fmt " and header[12:] in wave[:1000]


@pytest.mark.parametrize(("rate", "nominal"), RATES)
def test_otio_s_adapter_sees_the_same(tmp_path: Path, rate: Fraction, nominal: int) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", float(rate), nominal * 3600))
    takes = takes_of(timeline, tmp_path / "t")
    write_timeline(timeline, takes, tmp_path / "out.aaf")
    written = otio.adapters.read_from_file(str(tmp_path / "out.aaf"))
    assert written.name == "cut" and written.global_start_time == otio.opentime.RationalTime(
        nominal * 3600, float(rate)
    )
    assert [(track.name, track.kind) for track in written.tracks] == [("V1", "Video"), ("DX talkies", "Audio")]
    for track in written.tracks:
        places = [track.range_of_child(clip) for clip in track.find_clips()]
        assert [(place.start_time.value, place.duration.value) for place in places] == list(FRAMES)
    again = read_timeline(tmp_path / "out.aaf")
    assert [segment.record for segment in again.segments] == [segment.record for segment in timeline.segments]
    assert [segment.source for segment in again.segments] == [segment.source for segment in timeline.segments]
    (track,) = sound_tracks(again)
    assert [(clip.record, clip.path) for clip in track.clips] == [(take.record, take.path) for take in takes]
    assert track.generated and [each.stem for each in our_tracks(again)] == ["DX"]


def test_a_take_between_frames_counts_in_samples(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25))
    start, handle = Fraction(12345, 48000), Fraction(777, 48000)
    record = TimeRange(start, start + Fraction(54321, 48000))
    takes = takes_of(timeline, tmp_path, record=record, handles=(handle, Fraction(0)))[:1]
    write_timeline(timeline, takes, tmp_path / "out.aaf")
    with aaf2.open(str(tmp_path / "out.aaf")) as file:
        (clip,) = heard(next(file.content.toplevel()), "DX talkies")
    assert (clip.start, clip.length, clip.offset) == (start, Fraction(54321, 48000), handle)


def test_stereo_becomes_two_mono_tracks(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25))
    takes = takes_of(timeline, tmp_path, "FX", channels=2)
    write_timeline(timeline, takes, tmp_path / "out.aaf")
    with aaf2.open(str(tmp_path / "out.aaf")) as file:
        sounds = [slot for slot in next(file.content.toplevel()).slots if slot.media_kind == "Sound"]
        numbers = [(slot.name, slot["PhysicalTrackNumber"].value) for slot in sounds]
        channels = [slot.segment.components[1].slot.name for slot in sounds]
    assert numbers == [("FX talkies", 1), ("FX talkies", 2)] and channels == ["A1", "A2"]


def test_dissolves_retimes_muted_clips_and_markers(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 24)
    document = otio.adapters.read_from_file(str(path))
    video = document.tracks[0]
    mix = otio.schema.Transition(
        "mix", "SMPTE_Dissolve", otio.opentime.RationalTime(3, 24), otio.opentime.RationalTime(4, 24)
    )
    video.insert(2, mix)
    media = otio.schema.ExternalReference("quick.mov", span(0, 500, 24))
    video.append(
        otio.schema.Clip("quick", media, span(20, 12, 24), effects=[otio.schema.LinearTimeWarp(time_scalar=2.0)])
    )
    wild = otio.schema.Clip("wild", otio.schema.ExternalReference("wild.wav", span(0, 240, 24)), span(48, 24, 24))
    wild.enabled = False
    document.tracks.append(
        otio.schema.Track("A1", kind="Audio", children=[otio.schema.Gap(source_range=span(0, 10, 24)), wild])
    )
    document.tracks.markers.append(otio.schema.Marker("door", span(60, 1, 24), color="GREEN"))
    timeline = read_timeline(save(document, path))
    write_timeline(timeline, takes_of(timeline, tmp_path, number=2), tmp_path / "out.aaf")
    written = otio.adapters.read_from_file(str(tmp_path / "out.aaf"))
    picture, sound, ours = written.tracks
    (mixed,) = (item for item in picture if isinstance(item, otio.schema.Transition))
    assert (mixed.in_offset.value, mixed.out_offset.value) == (3, 4)
    clips = list(picture.find_clips())
    places = [picture.range_of_child(clip) for clip in clips]
    assert [(place.start_time.value, place.duration.value) for place in places] == [(5, 50), (55, 30), (85, 12)]
    assert [effect.time_scalar for effect in clips[2].effects] == [2.0] and clips[2].source_range.start_time.value == 20
    assert [clip.name for clip in sound.find_clips() if not clip.enabled] == ["wild"]
    assert [clip.enabled for clip in ours.find_clips()] == [False, False, False]
    (marker,) = (marker for clip in clips for marker in clip.markers)
    assert (marker.name, marker.color) == ("door", "GREEN")
    assert marker.marked_range.start_time.value == 10 + 60 - 55  # shot 2 starts at frame 55, its media at frame 10
    assert losses(timeline, tmp_path / "out.aaf") == ("plain dissolves in AAF in place of 1 transition",)


def test_a_clip_that_begins_before_its_file_keeps_its_time(tmp_path: Path) -> None:
    """Its file counts from 0 there; where clips count from the timecode, it begins at the timecode."""
    path = write_cut(tmp_path / "cut.otio", 24)
    document = otio.adapters.read_from_file(str(path))
    media = otio.schema.ExternalReference("talk.mov", span(86400, 240, 24))
    for kind, first in (("Video", 86410), ("Audio", 10)):
        clip = otio.schema.Clip("talk", media.clone(), span(first, 24, 24))
        document.tracks.append(otio.schema.Track(f"{kind} 9", kind=kind, children=[clip]))
    timeline = read_timeline(save(document, path))
    write_timeline(timeline, [], tmp_path / "out.aaf")
    with aaf2.open(str(tmp_path / "out.aaf")) as file:
        composition = next(file.content.toplevel())
        (picture,), (sound,) = heard(composition, "Video 9"), heard(composition, "Audio 9")
    assert (picture.offset, picture.timecode) == (Fraction(10, 24), 3600)
    assert (sound.offset, sound.timecode) == (Fraction(10, 24), 0)
    written = otio.adapters.read_from_file(str(tmp_path / "out.aaf"))
    starts = [next(iter(track.find_clips())).source_range.start_time for track in written.tracks]
    assert starts[1:] == [otio.opentime.RationalTime(86410, 24), otio.opentime.RationalTime(10, 24)]
    assert losses(timeline, tmp_path / "out.aaf") == ()


def test_a_stereo_file_of_the_timeline_becomes_two_mono_tracks(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 24)
    write_bwf(tmp_path / "wild.wav", [np.zeros((2, 48000), np.float32)], channels=2, time_reference=0)
    document = otio.adapters.read_from_file(str(path))
    for name in ("wild.wav", "gone.wav"):
        clip = otio.schema.Clip("wild", otio.schema.ExternalReference(name, span(0, 24, 24)), span(0, 24, 24))
        document.tracks.append(otio.schema.Track(name, kind="Audio", children=[clip]))
    timeline = read_timeline(save(document, path))
    assert losses(timeline, tmp_path / "out.aaf") == ("each channel of 1 track of sound becomes a mono track in AAF",)
    write_timeline(timeline, [], tmp_path / "out.aaf")
    with aaf2.open(str(tmp_path / "out.aaf")) as file:
        sounds = [slot for slot in next(file.content.toplevel()).slots if slot.media_kind == "Sound"]
        assert [slot.name for slot in sounds] == ["wild.wav", "wild.wav", "gone.wav"]


def test_an_edl_that_drops_frames_keeps_its_timecode(tmp_path: Path) -> None:
    text = "TITLE: drop\nFCM: DROP FRAME\n\n001  AX V C 01:00:00;00 01:00:02;00 01:00:00;00 01:00:02;00\n"
    (tmp_path / "drop.edl").write_text(text)
    timeline = read_timeline(tmp_path / "drop.edl")
    write_timeline(timeline, takes_of(timeline, tmp_path), tmp_path / "out.aaf")
    with aaf2.open(str(tmp_path / "out.aaf")) as file:
        timecode = primary_timecode(next(file.content.toplevel())).segment
    assert (timecode.start, timecode.fps, timecode.drop) == (107892, 30, True)  # 108 × 1001 - 216 labels are dropped
    again = read_timeline(tmp_path / "out.aaf")
    assert again.drop_frame and again.timecode(Fraction(0)) == "01:00:00;00"


def described(item: Any) -> Any:
    """An AAF object as plain data, all of it; references by their key, since they may go in circles."""
    if isinstance(item, aaf2.core.AAFObject):
        parts = {}
        for each in item.properties():
            is_weak = type(each).__name__.startswith("WeakRef")
            parts[each.name] = str(each.value).split(" at 0x")[0] if is_weak else described(each.value)
        return {"class": type(item).__name__, **{key: value for key, value in parts.items() if key != "LastModified"}}
    if isinstance(item, (list, tuple)):
        return [described(each) for each in item]
    return str(item).split(" at 0x")[0]


def mobs_of(path: Path) -> dict[str, Any]:
    with aaf2.open(str(path)) as file:
        return {str(mob.mob_id): described(mob) for mob in file.content.mobs}


def test_everything_in_an_aaf_stays(tmp_path: Path, shared_dir: Path) -> None:
    compared = 0
    for path in sorted((shared_dir / "data/timelines").rglob("*.aaf")):
        timeline = read_timeline(path)
        takes = takes_of(timeline, tmp_path / path.stem, frames=12)[:2]
        out = tmp_path / path.name
        write_timeline(timeline, takes, out)
        before, after = mobs_of(path), mobs_of(out)
        for key, mob in before.items():
            slots = after[key].get("Slots", [])
            added = [slot for slot in slots if slot.get("SlotName") == "DX talkies"]
            assert {**after[key], "Slots": [slot for slot in slots if slot not in added]} == {
                **mob,
                "Slots": mob.get("Slots", []),
            }
            assert len(added) == ("CompositionMob" in mob["class"] and mob["UsageCode"] == "Usage_TopLevel")
        again = read_timeline(out)
        assert [segment.record for segment in again.segments] == [segment.record for segment in timeline.segments]
        assert [clip.record for clip in sound_tracks(again)[-1].clips] == [take.record for take in takes]
        compared += 1
    assert compared == 3


def test_tracks_that_were_taken_out_are_gone_with_their_media(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25))
    write_timeline(timeline, takes_of(timeline, tmp_path / "one"), tmp_path / "one.aaf")
    plain = without_our_tracks(read_timeline(tmp_path / "one.aaf"))
    write_timeline(plain, takes_of(timeline, tmp_path / "two", "FX"), tmp_path / "two.aaf")
    with aaf2.open(str(tmp_path / "two.aaf")) as file:
        names = [slot.name for slot in next(file.content.toplevel()).slots]
        masters = sorted(mob.name[:6] for mob in file.content.mastermobs())
    assert names == ["TC1", "V1", "FX talkies"]
    assert masters == ["FX_V1-", "FX_V1-", "shot 1", "shot 2"]


def test_an_aaf_that_is_gone_or_broken_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25))
    write_timeline(timeline, [], tmp_path / "in.aaf")
    again = read_timeline(tmp_path / "in.aaf")
    (tmp_path / "in.aaf").write_bytes(b"not an AAF any more")
    with pytest.raises(OutputError, match="is missing or damaged") as caught:
        write_timeline(again, [], tmp_path / "out.aaf")
    assert "\n" not in str(caught.value)
    (tmp_path / "in.aaf").unlink()
    with pytest.raises(OutputError, match="is missing or damaged"):
        write_timeline(again, [], tmp_path / "out.aaf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.otio"]


def test_words_become_markers_and_what_is_lost_is_said(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 25)
    document = otio.adapters.read_from_file(str(path))
    line = otio.schema.Clip("ANNA: Guten Tag, Zoë.", source_range=span(0, 20, 25))
    document.tracks.append(otio.schema.Track("Subtitles", kind="Subtitle", children=[line]))
    document.tracks[0].append(otio.schema.Clip("bars", otio.schema.GeneratorReference("SMPTEBars"), span(0, 9, 25)))
    timeline = read_timeline(save(document, path))
    assert losses(timeline, tmp_path / "out.aaf") == (
        "left out of AAF: 1 generated clip (titles, bars)",
        "AAF has no subtitles: the words of 1 track become markers",
    )
    write_timeline(timeline, [], tmp_path / "out.aaf")
    again = read_timeline(tmp_path / "out.aaf")
    assert [(cue.speaker, cue.text) for cue in again.cues] == [("ANNA", "Guten Tag, Zoë.")]
