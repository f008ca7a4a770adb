"""What cannot be read is refused in one sentence that names the file; nothing crashes, expands or leads outside."""

from __future__ import annotations

import json
import random
import time
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from talkies.core.destinations import write_timeline
from talkies.core.errors import InputError, TimelineError
from talkies.core.timeline import read_timeline


def refusal(path: Path) -> str:
    sentence = refusal_if_any(path)
    assert sentence is not None, "was read"
    return sentence


def refusal_if_any(path: Path) -> str | None:
    """The sentence, as every refusal is worded, or None for a file that is read."""
    try:
        read_timeline(path)
    except InputError as error:
        sentence, cure = str(error), error.cure
    else:
        return None
    assert str(path) in sentence
    assert "\n" not in sentence
    assert len(sentence) < 500
    assert cure
    return sentence


def test_a_byte_order_mark_is_no_obstacle(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 24)))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_timeline(path).segments) == 1
    path.write_text(path.read_text(encoding="utf-8-sig"), encoding="utf-16")
    assert len(read_timeline(path).segments) == 1


def test_a_file_name_that_is_no_utf8(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match="not UTF-8"):
        read_timeline(tmp_path / "f\udce4hre.mp4")


def test_a_newer_schema(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 24)))
    path.write_text(path.read_text().replace('"Clip.2"', '"Clip.99"'))
    assert "newer OpenTimelineIO: Clip.99, supported up to 2" in refusal(path)


def nested(depth: int) -> str:
    """A clip inside ``depth`` stacks, as text: OTIO's own writer would recurse."""
    time = '{{"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": {}}}'.format
    span = f'{{"OTIO_SCHEMA": "TimeRange.1", "start_time": {time(0)}, "duration": {time(24)}}}'
    text = f'{{"OTIO_SCHEMA": "Clip.1", "name": "deep", "metadata": {{}}, "source_range": {span}, "effects": []}}'
    opened = '{"OTIO_SCHEMA": "Stack.1", "name": "s", "metadata": {}, "effects": [], "children": ['
    return opened * depth + text + "]}" * depth


@pytest.mark.parametrize("depth", [200, 2000, 100_000])
def test_nesting_beyond_any_editor(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "deep.otio"
    path.write_text(nested(depth))
    assert "deep" in refusal(path)


def test_nesting_that_editors_make(tmp_path: Path) -> None:
    path = tmp_path / "deep.otio"
    path.write_text(nested(30))
    assert [segment.clip for segment in read_timeline(path).segments] == ["deep"]


def test_a_circle_of_references(tmp_path: Path) -> None:
    stack: dict[str, Any] = {"OTIO_SCHEMA": "Stack.1", "OTIO_REF_ID": "Stack-1", "name": "", "metadata": {}}
    stack["children"] = [{"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "Stack-1"}]
    path = tmp_path / "circle.otio"
    path.write_text(json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "", "metadata": {}, "tracks": stack}))
    assert "circle" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.otio", b""),
        ("blank.otio", b"  \n"),
        ("random.otio", bytes(range(256)) * 8),
        ("list.otio", b"[1, 2]"),
        ("other.otio", b'{"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": 1.0}'),
        ("empty.xml", b""),
        ("random.xml", bytes(range(256))),
        ("html.xml", b"<html><body/></html>"),
        ("random.edl", bytes(range(256))),
        ("words.edl", b"TITLE: nothing\n* no events here\n"),
        ("random.aaf", b"not an aaf at all" * 100),
        ("empty.aaf", b""),
        ("random.fcpxml", b"<fcpxml"),
        ("clips.fcpxml", b"<fcpxml version='1.9'><resources/></fcpxml>"),
        ("other.mlt", b"<xml/>"),
        ("nothing.mlt", b"<mlt/>"),
        ("zero.mlt", b"<mlt><profile frame_rate_num='0'/><playlist id='p'><entry producer='x'/></playlist></mlt>"),
        ("nothing.kdenlive", b"<mlt><profile frame_rate_num='x'/></mlt>"),
        ("random.xges", b"<ges version='0.1'/>"),
        ("random.otioz", b"PK\x03\x04 not a zip"),
        ("list.ale", b"Heading\n"),
        ("stream.m3u8", b"#EXTM3U\n"),
        ("letter.txt", b"Dear editor"),
        ("empty.mp4", b""),
        ("random.mov", b"nothing that plays" * 50),
    ],
)
def test_files_that_are_no_timeline(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refusal(path)


def test_what_does_not_exist(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "gone.otio")
    assert "missing" in refusal(tmp_path / "gone.mov")
    refusal(tmp_path / "gone" / "scan.####.dpx")
    refusal(tmp_path / "gone.otioz")
    with pytest.raises(TimelineError, match="is not a folder"):
        read_timeline(tmp_path / "gone.otio", tmp_path / "no such folder")


def test_times_that_mean_nothing(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 24)))
    for value in ("NaN", "Infinity", "1e300"):
        broken = path.with_name("broken.otio")
        broken.write_text(path.read_text().replace('"value": 24.0', f'"value": {value}'))
        refusal(broken)
    broken.write_text(path.read_text().replace('"rate": 24.0', '"rate": 0.0'))
    refusal(broken)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/passwd">]><{root}><x>&b;&c;</x></{root}>'
)


@pytest.mark.parametrize(
    ("name", "root"),
    [("a.xml", "xmeml"), ("a.fcpxml", "fcpxml"), ("a.mlt", "mlt"), ("a.kdenlive", "mlt"), ("a.xges", "ges")],
)
def test_entities_are_not_expanded(tmp_path: Path, name: str, root: str) -> None:
    path = tmp_path / name
    path.write_text(ENTITIES.format(root=root))
    assert "entities" in refusal(path)


def bundle(make: Any, url: str, **files: bytes) -> Path:
    content = make.save(make.track(make.clip("a", 0, 24, media=otio.schema.ExternalReference(url))))
    path: Path = make.folder / "bundle.otioz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(content, "content.otio")
        for name, data in files.items():
            archive.writestr(name, data)
    content.unlink()
    return path


def test_a_bundles_media_are_unpacked(make: Any) -> None:
    movie = make.movie("film.mp4", frames=24, rate=24).read_bytes()
    (make.folder / "film.mp4").unlink()
    (segment,) = read_timeline(bundle(make, "media/film.mp4", **{"media/film.mp4": movie})).segments
    assert segment.picture is not None
    assert segment.picture.path.read_bytes() == movie


@pytest.mark.parametrize(
    "name", ["../outside.mp4", "media/../../outside.mp4", "/outside.mp4", "..\\outside.mp4", "C:/x"]
)
def test_a_bundle_cannot_write_outside_its_folder(make: Any, name: str) -> None:
    path = bundle(make, "media/film.mp4", **{name: b"evil"})
    assert "leads outside" in refusal(path)
    assert not (make.folder.parent / "outside.mp4").exists()


def test_a_bundle_cannot_open_what_lies_outside_it(make: Any) -> None:
    make.movie("secret.mp4", frames=5)
    (segment,) = read_timeline(bundle(make, str(make.folder / "secret.mp4"))).segments
    assert segment.picture is None


def test_a_bundle_made_to_fill_the_disk(make: Any) -> None:
    path = make.folder / "bomb.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", "{}")
        archive.writestr("media/zeros.mov", bytes(60_000_000))
    assert "would unpack" in refusal(path)


def test_a_bundle_folder(make: Any) -> None:
    content = make.save(make.track(make.clip("a", 0, 24, media=otio.schema.ExternalReference("media/film.mp4"))))
    folder = make.folder / "bundle.otiod"
    (folder / "media").mkdir(parents=True)
    content.rename(folder / "content.otio")
    make.movie("bundle.otiod/media/film.mp4", frames=24, rate=24)
    (segment,) = read_timeline(folder).segments
    assert segment.picture is not None
    (folder / "content.otio").unlink()
    refusal(folder)


def test_damaged_copies_never_crash(make: Any, shared_dir: Path, tmp_path: Path) -> None:
    """Bytes changed, lost and cut off at random: read, or refused; no other exception."""
    names = [
        "simple_cut.otio",
        "fcpx_project.fcpxml",
        "dissolve_test_4.edl",
        "hiero_xml_export.xml",
        "xges_example.xges",
    ]
    chance, answers = random.Random(7), list[str | None]()
    for name in (*names, "kdenlive_example_v221170.kdenlive"):
        data = (shared_dir / "data/timelines/otio_adapters" / name).read_bytes()
        for _ in range(12):
            broken = bytearray(data)
            for _ in range(chance.randint(1, 6)):
                broken[chance.randrange(len(broken))] = chance.choice(b'0 9<>"/:-,x{}\x00\xff')
            path = tmp_path / name
            path.write_bytes(
                broken[: chance.randint(len(broken) // 2, len(broken))] if chance.random() < 0.3 else broken
            )
            answers.append(refusal_if_any(path))
    assert None in answers
    assert any(answers)


FCPXML = """<fcpxml version="1.10"><resources><format id="f" frameDuration="{frame}"/>
<asset id="a" hasAudio="1" duration="9s"/></resources><project name="p"><sequence format="f" tcFormat="DF"><spine>
<gap offset="0s" duration="{time}"><asset-clip ref="a" lane="{lane}" offset="0s" duration="2s"/></gap>
</spine></sequence></project></fcpxml>"""
MLT = """<mlt><profile frame_rate_num="{rate}" frame_rate_den="1"/><producer id="p"><property name="resource">a.mov
</property><property name="mlt_service">timewarp</property><property name="warp_speed">{speed}</property></producer>
<playlist id="l"><entry producer="p" in="0" out="{last}"/></playlist></mlt>"""
EDL = "TITLE: x\n001  AX V C 01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n"
DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.fcpxml", FCPXML.format(frame="1/25s", time=f"{DIGITS}s", lane="-1")),
        ("b.fcpxml", FCPXML.format(frame="1/25s", time="5/00s", lane="-1")),
        ("c.fcpxml", FCPXML.format(frame="1/25s", time="5s", lane="below")),
        ("d.fcpxml", FCPXML.format(frame="1/999999999999s", time="5s", lane="-1")),
        ("e.fcpxml", FCPXML.format(frame="1000000s", time="5s", lane="-1")),
        ("a.mlt", MLT.format(rate="25", speed="2", last=DIGITS)),
        ("b.mlt", MLT.format(rate="25", speed="2", last="1e999999999")),
        ("c.mlt", MLT.format(rate="25", speed="1e-999999999", last="9")),
        ("d.mlt", MLT.format(rate="9" * 400, speed="2", last="9")),
        ("a.edl", f"* FRAME RATE: {DIGITS}\n{EDL}"),
    ],
)
def test_numbers_that_no_timeline_has(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    refusal(path)


@pytest.mark.parametrize("line", [f"M2   AX  {DIGITS}  01:00:00:00", f" |C:Blue |M:x |D:{DIGITS}", f"AUD  {DIGITS}"])
def test_notes_of_an_edl_with_such_numbers_are_none(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cut.edl"
    path.write_text(f"{EDL}{line}\n")
    assert [segment.record.duration for segment in read_timeline(path).segments] == [1]


def test_subtitles_with_such_numbers_are_damaged(tmp_path: Path) -> None:
    (tmp_path / "cut.edl").write_text(EDL)
    (tmp_path / "cut.srt").write_text(f"1\n{DIGITS}:00:00,000 --> 00:00:01,000\nHi\n")
    with pytest.raises(InputError, match=r"cut\.srt: holds no subtitles"):
        read_timeline(tmp_path / "cut.edl")


def test_xml_that_nests_without_end(tmp_path: Path) -> None:
    path = tmp_path / "deep.fcpxml"
    text = FCPXML.format(frame="1/25s", time="5s", lane="-1")
    path.write_text(text.replace("<project", f"{'<a>' * 5000}{'</a>' * 5000}<project"))
    assert "nested too deep" in refusal(path)


@pytest.mark.parametrize(
    ("encoding", "stated"), [("utf-16", "UTF-16"), ("utf-16-le", "utf-16le"), ("utf-16-be", "UTF-16")]
)
def test_xml_in_sixteen_bits_comes_back_in_eight(tmp_path: Path, encoding: str, stated: str) -> None:
    path, out = tmp_path / "wide.fcpxml", tmp_path / "out.fcpxml"
    text = FCPXML.format(frame="1001/30000s", time="1001/100s", lane="-1")
    path.write_bytes(f'<?xml version="1.0" encoding="{stated}"?>{text}'.encode(encoding))
    timeline = read_timeline(path)
    write_timeline(timeline, [], out)
    assert read_timeline(out).rate == timeline.rate == Fraction(30000, 1001)


def test_drop_frame_at_a_rate_that_drops_none(tmp_path: Path) -> None:
    path = tmp_path / "film.fcpxml"
    for frame, drops in (("1/25s", False), ("1001/24000s", False), ("1001/30000s", True)):
        path.write_text(FCPXML.format(frame=frame, time="5s", lane="-1"))
        assert read_timeline(path).drop_frame is drops


@pytest.mark.parametrize(
    "line", ["{}001 A", "1 A{}", "* FROM CLIP NAME:{}", "* LOC: 01:00:00:00 RED a{}b", " |C:x |M:{}x"]
)
def test_an_edl_with_a_million_spaces_is_read_all_the_same(tmp_path: Path, line: str) -> None:
    """Anything but one pass over the line would take days."""
    path = tmp_path / "cut.edl"
    path.write_text(f"{EDL}{line}\n")
    assert len(read_timeline(path).segments) == 1


def test_an_edl_without_a_title_is_called_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_text(EDL.replace("TITLE: x", "TITLE:"))
    assert read_timeline(path).name == "cut"


def test_a_zip_with_damaged_lzma(tmp_path: Path) -> None:
    path = tmp_path / "bundle.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("content.otio", json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "x" * 999}))
    data = bytearray(path.read_bytes())
    at = data.index(b"content.otio") + len("content.otio") + 9 + 12
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    assert "is damaged or not a zip file" in refusal(path)


# Documents made to crash, to loop or to fill the memory


MLT_HEAD = '<mlt><profile frame_rate_num="25" frame_rate_den="1"/>'
CROSSED = '<tractor id="a"><track producer="b"/></tractor><tractor id="b"><track producer="a"/></tractor>'
ITSELF = '<playlist id="l"><entry producer="l" in="0" out="24"/></playlist>'
DEEP = '<producer id="l0"><property name="resource">a.mp4</property></producer>' + "".join(
    f'<playlist id="l{n}"><entry producer="l{n - 1}" in="0" out="24"/></playlist>' for n in range(1, 400)
)
DOUBLED = '<producer id="t0"/>' + "".join(
    f'<tractor id="t{n}"><track producer="t{n - 1}"/><track producer="t{n - 1}"/></tractor>' for n in range(1, 60)
)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (CROSSED, "contains itself"),
        (ITSELF, "contains itself"),
        (DEEP, "more than 100 deep"),
        (DOUBLED, "too many clips"),
        ('<mlt><profile frame_rate_num="25" frame_rate_den="0"/>', "picture rate"),
    ],
)
def test_mlt_that_never_ends(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "reel.mlt"
    path.write_text(f"{content if content.startswith('<mlt') else MLT_HEAD + content}</mlt>")
    assert problem in refusal(path)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ('{"OTIO_SCHEMA": "Timeline.1", "name": 0, "name": {"OTIO_SCHEMA": "Clip.2"}}', "'name' stands twice"),
        ('{"OTIO_SCHEMA": "Timeline.1", "name": 0, "n\\u0061me": {"OTIO_SCHEMA": "Clip.2"}}', "'name' stands twice"),
        ('{"OTIO_SCHEMA": "Timeline.1", "name": "reel", "tracks": null}', "null for tracks"),
        (
            '{"OTIO_SCHEMA": "SerializableCollection.1", "children": [{"OTIO_SCHEMA": "Timeline.1", "tracks": null}]}',
            "null for tracks",
        ),
        ('{"OTIO_SCHEMA": "Timeline.1", "name": "reel", "tracks": {"OTIO_SCHEMA": "UnknownSchema.1"}}', "of no schema"),
        (
            '{"OTIO_SCHEMA": "Clip.1", "media_reference": [{"x": {"OTIO_SCHEMA": "MissingReference.1"}}]}',
            "media_reference of a Clip",
        ),
        ('{"OTIO_SCHEMA": "Clip.1e9", "media_references": {"a": {"OTIO_SCHEMA": "MissingReference.1"}}}', "Clip.2's"),
        (
            '{"OTIO_SCHEMA": "Clip.1", "media_reference": {"x": {"OTIO_SCHEMA": "MissingReference.1"}}}',
            "media_reference of a Clip",
        ),
        ('{"OTIO_SCHEMA": "Clip.2", "media_references": {"DEFAULT_MEDIA": [{}]}}', "media_references of a Clip"),
        ('{"OTIO_SCHEMA": "Stack.1", "children": [{"OTIO_SCHEMA": "Track.1", "children": 7}]}', "children of a Track"),
        ('{"OTIO_SCHEMA": "99999999999"}', "schema"),
        ('{"OTIO_SCHEMA": "Timeline.99999999999999999999"}', "newer OpenTimelineIO"),
    ],
)
def test_otio_on_which_its_own_library_would_die(tmp_path: Path, document: str, problem: str) -> None:
    path = tmp_path / "reel.otio"
    path.write_text(document)
    assert problem in refusal(path)


def test_a_gap_without_length(make: Any) -> None:
    path = make.save(make.track(otio.schema.Gap(), make.clip("a", 0, 24)))
    document = json.loads(path.read_text())
    document["tracks"]["children"][0]["children"][0]["source_range"] = None
    path.write_text(json.dumps(document))
    assert "a gap has no length" in refusal(path)
    document["tracks"]["children"][0]["children"].pop()
    path.write_text(json.dumps(document))
    assert read_timeline(path).segments == ()


def test_a_rate_that_is_next_to_nothing(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 24)))
    path.write_text(path.read_text().replace('"rate": 24.0', '"rate": 0.0001'))
    assert "meaningless" in refusal(path)


def test_a_final_cut_sequence_with_two_timecodes(tmp_path: Path) -> None:
    timecode = (
        "<timecode><rate><timebase>30</timebase></rate><frame>0</frame><displayformat>DF</displayformat></timecode>"
    )
    rate = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
    path = tmp_path / "reel.xml"
    path.write_text(
        f'<xmeml version="4"><sequence id="s">{timecode}<name>s</name>{rate}<media></media>'
        f"{timecode}</sequence></xmeml>"
    )
    assert read_timeline(path).segments == ()


def test_names_of_hundred_thousand_letters_cost_no_time(make: Any) -> None:
    clip = make.clip("a", 0, 24)
    clip.media_reference = otio.schema.ExternalReference(target_url="#" * 100_000)
    track = make.track(clip)
    track.name = "cc " * 30_000
    path = make.save(track)
    before = time.process_time()
    timeline = read_timeline(path)
    assert time.process_time() - before < 5  # of the processor, where a quadratic search takes minutes
    assert all(len(warning) < 500 for segment in timeline.segments for warning in segment.warnings)


def test_what_is_missing_is_not_said_in_pythons_words(tmp_path: Path) -> None:
    """A transition without an effect is more than OTIO's adapter for Final Cut Pro 7 expects."""
    path = tmp_path / "cut.xml"
    rate = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
    transition = f"<transitionitem><start>0</start><end>9</end><alignment>center</alignment>{rate}</transitionitem>"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence id="s"><name>cut</name>'
        f"<duration>9</duration>{rate}<media><video><track>{transition}</track></video></media></sequence></xmeml>"
    )
    sentence = refusal(path)
    assert "something in it is missing" in sentence and "NoneType" not in sentence
