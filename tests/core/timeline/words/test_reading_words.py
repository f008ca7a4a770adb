"""Words, wherever they are kept, become cues at the right time, and each segment gets its own."""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from numbered_movies import h264, with_sound

from talkies.core.errors import SubtitleError
from talkies.core.segment import Timeline
from talkies.core.timeline import in_language, inspect_rows, read_timeline
from talkies.core.times import TimeRange


def heard(timeline: Timeline) -> list[tuple[str, str, str, Fraction, Fraction]]:
    return [(c.kind, c.speaker, c.text, c.range.start * 24, c.range.end * 24) for c in timeline.cues]


def generator(text_in: dict[str, Any], kind: str = "Rich") -> Any:
    return otio.schema.GeneratorReference(generator_kind=kind, parameters=text_in)


@pytest.mark.parametrize("kind", ["Subtitle", "Subtitles", "Caption", "Closed Caption"])
def test_subtitle_tracks_by_kind(make: Any, kind: str) -> None:
    words = make.track(
        make.gap(24), make.clip("ANNA: Hello.", 0, 12), make.clip("[door slams]", 0, 12), name="x", kind=kind
    )
    timeline = read_timeline(make.save(make.track(make.clip("a", 0, 48)), words))
    assert heard(timeline) == [("speech", "ANNA", "Hello.", 24, 36), ("sound", "", "door slams", 36, 48)]
    assert [segment.clip for segment in timeline.segments] == ["a"]
    assert timeline.segments[0].cues == timeline.cues
    assert inspect_rows(timeline)[0]["cues"][0]["text"] == "Hello."


@pytest.mark.parametrize(
    ("name", "language"), [("Subtitles (German)", "de"), ("Captions", ""), ("ST en-GB", "en-GB"), ("Untertitel 1", "")]
)
def test_subtitle_tracks_by_name(make: Any, name: str, language: str) -> None:
    words = make.track(make.clip("Guten Tag", 0, 24), name=name)
    timeline = read_timeline(make.save(make.track(make.clip("a", 0, 48)), words))
    (cue,) = timeline.cues
    assert (cue.text, cue.language) == ("Guten Tag", language)
    assert len(timeline.segments) == 1


def test_metadata_goes_before_the_clips_name(make: Any) -> None:
    clip = make.clip("Subtitle 1", 0, 24)
    clip.metadata["app"] = {"subtitle": "What is said"}
    timeline = read_timeline(make.save(make.track(clip, kind="Subtitle")))
    assert [cue.text for cue in timeline.cues] == ["What is said"]


def test_a_resolve_title(make: Any) -> None:
    body = "<body><p>ANNA: Come</p><p>in &amp; sit.</p></body>"
    html = f"<!DOCTYPE html><html><head><style>p {{x: y}}</style></head>{body}</html>"
    parameters = {
        "Resolve_OTIO": [
            {"Effect Name": "Rich Text", "Parameters": [{"Parameter ID": "title blob", "Title HTML": html}]}
        ]
    }
    timeline = read_timeline(make.save(make.track(make.gap(6), make.clip("Text", 0, 24, media=generator(parameters)))))
    assert heard(timeline) == [("speech", "ANNA", "Come in & sit.", 6, 30)]
    assert timeline.segments == ()


def test_a_resolve_title_as_a_parameter(make: Any) -> None:
    parameters = {"Resolve_OTIO": [{"Parameters": [{"Parameter ID": "Title HTML", "Parameter Value": "<p>Hello</p>"}]}]}
    timeline = read_timeline(make.save(make.track(make.clip("Text", 0, 24, media=generator(parameters)))))
    assert [cue.text for cue in timeline.cues] == ["Hello"]


PREMIERE_JSON = json.dumps(
    {"mTextParam": {"mStyleSheet": {"mText": "BOB: Not now.", "mFontName": {"mParamValues": "Arial"}}}}
)


@pytest.mark.parametrize(
    "blob",
    [
        b"\x10\x00\x00\x00" + PREMIERE_JSON.encode(),
        PREMIERE_JSON.encode("utf-16-le"),
        b"\x0c\x00\x00\x00\x01\x02\x00\x00BOB: Not now.\x00\x00\x07\x00\x00\x00MyriadPro\x00",
    ],
)
def test_a_premiere_title(make: Any, blob: bytes) -> None:
    effect = otio.schema.Effect(
        "Text",
        metadata={
            "PremierePro_OTIO": {
                "MatchName": "AE.ADBE Text",
                "Parameters": [{"name": "Source Text", "value": base64.b64encode(blob).decode()}],
            }
        },
    )
    timeline = read_timeline(make.save(make.track(make.clip("Graphic", 0, 24, effects=[effect]))))
    assert heard(timeline) == [("speech", "BOB", "Not now.", 0, 24)]
    assert timeline.segments == ()


def marker(make: Any, name: str, start: float, duration: float = 0, comment: str = "") -> Any:
    metadata = {"fcp_xml": {"comment": comment}} if comment else {}
    return otio.schema.Marker(name, make.span(start, duration), metadata=metadata)


def test_markers_that_read_like_a_transcript(make: Any) -> None:
    clip = make.clip("a", 100, 96)
    clip.markers.append(marker(make, "ANNA: In the clip.", 124, 24))
    clip.markers.append(marker(make, "fix the color", 130, 24))
    clip.markers.append(marker(make, "Marker 3", 148, 24, "[glass breaks]"))
    timeline = read_timeline(make.save(make.track(clip)))
    assert heard(timeline) == [("speech", "ANNA", "In the clip.", 24, 48), ("sound", "", "glass breaks", 48, 72)]


def test_timeline_markers_count_from_the_start_timecode_in_some_editors(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 96)), start=otio.opentime.RationalTime(86400, 24))
    timeline = otio.adapters.read_from_file(str(path))
    timeline.tracks.markers.append(marker(make, "ANNA: One.", 24, 24))
    timeline.tracks.markers.append(marker(make, "BOB: Two.", 86448, 24))
    otio.adapters.write_to_file(timeline, str(path))
    assert heard(read_timeline(path)) == [("speech", "ANNA", "One.", 24, 48), ("speech", "BOB", "Two.", 48, 72)]


SRT = "1\n00:00:00,500 --> 00:00:01,000\n{}\n\n2\n00:00:01,500 --> 00:00:09,000\n{}\n"


def test_a_sidecar_of_the_timeline(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 24), make.clip("b", 0, 24)))
    path.with_suffix(".srt").write_text(SRT.format("One", "Two"))
    timeline = read_timeline(path)
    assert heard(timeline) == [("speech", "", "One", 12, 24), ("speech", "", "Two", 36, 48)]
    assert [[cue.text for cue in segment.cues] for segment in timeline.segments] == [["One"], ["Two"]]


def test_a_sidecar_of_the_media_goes_through_trim_and_retime(make: Any) -> None:
    """The clip shows 1 s to 3 s of its media at double speed, from 1 s of the timeline on."""
    make.movie("film.mp4", frames=96, rate=24)
    (make.folder / "film.srt").write_text(SRT.format("too early", "ANNA: Hello"))
    media = otio.schema.ExternalReference("film.mp4", make.span(0, 96))
    fast = otio.schema.LinearTimeWarp(time_scalar=2.0)
    timeline = read_timeline(make.save(make.track(make.gap(24), make.clip("a", 24, 24, media=media, effects=[fast]))))
    assert heard(timeline) == [("speech", "ANNA", "Hello", 24 + 6, 48)]


def test_a_sidecar_counts_from_the_medias_first_frame(make: Any) -> None:
    make.movie("film.mp4", frames=96, rate=24)
    (make.folder / "film.de.srt").write_text(SRT.format("Eins", "Zwei"))
    media = otio.schema.ExternalReference("film.mp4", make.span(86400, 96))
    timeline = read_timeline(make.save(make.track(make.clip("a", 86400, 24, media=media))))
    assert heard(timeline) == [("speech", "", "Eins", 12, 24)]
    assert timeline.cues[0].language == "de"


def test_other_files_subtitles_are_left_alone(make: Any) -> None:
    path = make.movie("film.mp4")
    (make.folder / "film2.srt").write_text(SRT.format("no", "no"))
    (make.folder / "filmography.srt").write_text(SRT.format("no", "no"))
    assert read_timeline(path).cues == ()


def test_the_same_words_from_two_sources_are_said_once(make: Any) -> None:
    words = make.track(make.gap(12), make.clip("One", 0, 12), kind="Subtitle")
    path = make.save(make.track(make.clip("a", 0, 48)), words)
    path.with_suffix(".srt").write_text(SRT.format("One", "Two"))
    assert [cue.text for cue in read_timeline(path).cues] == ["One", "Two"]


def test_of_several_languages_one_is_spoken(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 48)))
    path.with_suffix(".de.srt").write_text(SRT.format("Eins", "Zwei"))
    path.with_suffix(".en.srt").write_text(SRT.format("One", "Two"))
    timeline = read_timeline(path)
    assert {cue.language for cue in timeline.cues} == {"de", "en"}
    assert [cue.text for cue in timeline.segments[0].cues] == ["Eins", "Zwei"]
    assert any("de is used" in sentence for sentence in timeline.warnings)
    assert [cue.text for cue in in_language(timeline, "en").segments[0].cues] == ["One", "Two"]


def test_a_broken_sidecar_is_refused(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 48)))
    path.with_suffix(".srt").write_bytes(bytes(range(256)) * 9)
    with pytest.raises(SubtitleError, match=r"cut\.srt"):
        read_timeline(path)


def test_what_was_repaired_in_a_sidecar_is_told(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 48)))
    path.with_suffix(".srt").write_text(
        "1\n00:00:02,000 --> 00:00:01,000\nBack\n\n2\n00:01:00,000 --> 00:01:01,000\nLate\n"
    )
    timeline = read_timeline(path)
    assert any("end before they start" in sentence for sentence in timeline.warnings)
    assert any("after the end of the timeline" in sentence for sentence in timeline.warnings)


def with_subtitles(movie: Path, srt: Path, out: Path) -> Path:
    """The movie with the subtitles as a stream in it (copied by PyAV, no re-encoding)."""
    import av

    with av.open(str(movie)) as picture, av.open(str(srt)) as words, av.open(str(out), "w") as container:
        video = container.add_stream_from_template(picture.streams.video[0])
        text = container.add_stream_from_template(words.streams.subtitles[0])
        text.metadata["language"] = "ger"
        for source, stream in ((picture, video), (words, text)):
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = stream
                    container.mux(packet)
    return out


def test_subtitle_streams_inside_a_movie(make: Any) -> None:
    srt = make.folder / "words.srt"
    srt.write_text(SRT.format("ANNA: Eins", "[Tür schlägt]"))
    path = with_subtitles(make.movie("silent.mp4", frames=96, rate=24), srt, make.folder / "film.mkv")
    timeline = read_timeline(path)
    assert heard(timeline) == [("speech", "ANNA", "Eins", 12, 24), ("sound", "", "Tür schlägt", 36, 96)]
    assert {cue.language for cue in timeline.cues} == {"de"}
    media = otio.schema.ExternalReference("film.mkv", make.span(0, 96))
    cut = read_timeline(make.save(make.track(make.gap(24), make.clip("a", 12, 12, media=media))))
    assert [(cue.text, cue.range) for cue in cut.cues] == [("Eins", TimeRange(Fraction(1), Fraction(3, 2)))]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts"])
def test_a_sidecar_counts_from_where_players_begin(tmp_path: Path, suffix: str) -> None:
    """With the sound, a second before the picture; a word 1.52 s after that is said 0.52 s into the picture, beside the
    movie that is read and beside the medium of a clip alike. The sound's own delay is some milliseconds (MPEG-TS)."""
    film = with_sound(h264(tmp_path / "a.mp4", 50), tmp_path / f"film{suffix}", Fraction(1), 4)
    film.with_suffix(".srt").write_text("1\n00:00:01,520 --> 00:00:02,000\nNow.\n")
    cut = otio.schema.Timeline("cut")
    cut.tracks.append(otio.schema.Track("V1", kind="Video"))
    clip = otio.schema.Clip("a", otio.schema.ExternalReference(film.name))
    clip.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(50, 25))
    cut.tracks[0].append(clip)
    otio.adapters.write_to_file(cut, str(tmp_path / "cut.otio"))
    for path in (film, tmp_path / "cut.otio"):
        timeline = read_timeline(path)
        assert [cue.text for cue in timeline.cues] == ["Now."]
        assert abs(timeline.cues[0].range.start - Fraction(52, 100)) < Fraction(1, 50)
        assert any("before the first picture" in sentence for sentence in timeline.warnings)


def test_a_delay_of_less_than_a_frame_is_none(tmp_path: Path) -> None:
    film = with_sound(h264(tmp_path / "a.mp4", 50), tmp_path / "film.mkv", Fraction(1, 50), 2)
    film.with_suffix(".srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nNow.\n")
    timeline = read_timeline(film)
    assert [cue.range for cue in timeline.cues] == [TimeRange(Fraction(0), Fraction(1))]
    assert timeline.warnings == ()


def test_two_speakers_may_say_the_same_at_once(make: Any) -> None:
    """The same words of one speaker, or of nobody, from two tracks are one."""
    tracks = [
        make.track(make.clip(words, 0, 24), kind="Subtitle") for words in ("ANNA: No!", "BOB: No!", "No!", "Anna: No!")
    ]
    timeline = read_timeline(make.save(make.track(make.clip("a", 0, 48)), *tracks))
    assert sorted((cue.speaker, cue.text) for cue in timeline.cues) == [("ANNA", "No!"), ("BOB", "No!")]


def test_a_label_on_a_track_holds_until_the_next(make: Any) -> None:
    clips = [make.clip(words, 0, 24) for words in ("NAR: It was", "a dark night.", "ANNA: Yes.")]
    timeline = read_timeline(make.save(make.track(*clips, kind="Subtitle")))
    assert [cue.speaker for cue in timeline.cues] == ["NAR", "NAR", "ANNA"]


@pytest.mark.parametrize(
    ("rate", "start_frame", "first", "second"),
    [
        (25, 90_000, "01:00:01,000", Fraction(1)),
        (25, 900_000, "10:00:01,000", Fraction(1)),
        (24, 3_590 * 24, "00:59:51,000", Fraction(1)),
        (24000 / 1001, 86_400, "01:00:01,000", Fraction(1001, 1000)),
    ],
)
def test_a_sidecar_in_record_timecode(make: Any, rate: float, start_frame: int, first: str, second: Fraction) -> None:
    """The first cue begins one second of timecode after the first frame; at 23.976 that lasts 1.001 s."""
    start = otio.opentime.RationalTime(start_frame, rate)
    path = make.save(make.track(make.clip("a", 0, rate * 10, rate)), start=start)
    path.with_suffix(".srt").write_text(f"1\n{first} --> {first[:-3]}500\nWords\n")
    timeline = read_timeline(path)
    assert [cue.range.start for cue in timeline.cues] == [second]
    assert any("record timecode" in sentence for sentence in timeline.warnings)


def test_a_cue_that_crosses_a_cut_by_less_than_half_a_frame_is_not_of_the_shot_before(make: Any) -> None:
    """A cut at 100 frames of 23.976 is 4.1708 s; SubRip says 4.170 for what begins there."""
    rate = 24000 / 1001
    path = make.save(make.track(make.clip("a", 0, 100, rate), make.clip("b", 0, 100, rate)))
    path.with_suffix(".srt").write_text("1\n00:00:04,170 --> 00:00:06,000\n[thunder]\n")
    first, second = read_timeline(path).segments
    assert first.cues == () and [cue.text for cue in second.cues] == ["thunder"]


def test_a_cue_shorter_than_half_a_frame_belongs_to_its_shot(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 48)))
    path.with_suffix(".srt").write_text("1\n00:00:01,000 --> 00:00:01,010\n[knock]\n")
    assert [cue.text for cue in read_timeline(path).segments[0].cues] == ["knock"]


@pytest.mark.parametrize("name", ["film.srt", "film.de.srt"])
def test_a_sidecar_that_cannot_be_read_says_whose_it_is(make: Any, name: str) -> None:
    make.movie("film.mp4")
    (make.folder / name).mkdir()
    with pytest.raises(SubtitleError, match=rf"{name}: is a folder.*film\.mp4"):
        read_timeline(make.folder / "film.mp4")


def test_a_text_file_is_read_where_it_holds_subtitles(make: Any) -> None:
    path = make.movie("film.mp4")
    text = make.folder / "film.txt"
    text.write_text("Notes from 10:30 on:\nbuy milk\n")
    assert read_timeline(path).cues == ()
    text.write_text(SRT.format("One", "Two"))
    assert [cue.text for cue in read_timeline(path).cues] == ["One", "Two"]


def test_html_of_a_title_without_end(make: Any) -> None:
    html = "<head>" + "<style>" * 40_000 + "</head><p>Hello</p>"
    parameters = {"Resolve_OTIO": [{"Parameters": [{"Parameter ID": "Title HTML", "Parameter Value": html}]}]}
    timeline = read_timeline(make.save(make.track(make.clip("Text", 0, 24, media=generator(parameters)))))
    assert [cue.text for cue in timeline.cues] == ["Hello"]
