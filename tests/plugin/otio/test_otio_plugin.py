"""OpenTimelineIO's own programs, as people have them, read and write subtitles and let talkies make sound."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import opentimelineio as otio
import pytest
from engines import load_tones
from films import write_movie, write_reel

from talkies.core.errors import SubtitleError
from talkies.core.generation.render import render
from talkies.core.segment import Cue
from talkies.core.timeline import read_subtitles, read_timeline
from talkies.plugin.otio import generating

OTIOError = otio.exceptions.OTIOError

WORDS = """1
00:00:01,500 --> 00:00:03,040
ANNA: We should <i>go</i>.
Now & then <3

2
00:00:02,000 --> 00:00:04,001
[door slams]
"""


def otio_tool(name: str, *arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """One of OTIO's console tools as a program of its own."""
    command = [str(Path(sys.executable).with_name(name)), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def words(folder: Path, name: str = "film.de.srt", text: str = WORDS) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_otiopluginfo_lists_the_adapter_and_the_hook(tmp_path: Path) -> None:
    done = otio_tool("otiopluginfo", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    adapter = done.stdout[done.stdout.index("  talkies_subtitles") :].split("otio_json")[0]
    assert "read_from_file args: ['filepath', 'rate']" in adapter
    assert "write_to_file args: ['input_otio', 'filepath']" in adapter
    assert "ERROR" not in adapter
    hook = done.stdout[done.stdout.index("pre_adapter_write") :]
    assert hook.split()[1] == "talkies"


def test_otioconvert_there_and_back(tmp_path: Path) -> None:
    words(tmp_path)
    for source, target in (("film.de.srt", "film.otio"), ("film.otio", "film.vtt")):
        done = otio_tool("otioconvert", "-i", source, "-o", target, "-a", "rate=25", folder=tmp_path)
        assert done.returncode == (0 if source.endswith("srt") else 1), done.stderr
        if done.returncode:  # .otio has no argument "rate"
            assert otio_tool("otioconvert", "-i", source, "-o", target, folder=tmp_path).returncode == 0
    tracks = otio.adapters.read_from_file(str(tmp_path / "film.otio")).tracks
    assert [(track.name, track.kind) for track in tracks] == [
        ("Subtitles de", "Subtitle"),
        ("Subtitles de (2)", "Subtitle"),
    ]
    gap, first = tracks[0]
    assert first.name == "ANNA: We should go. Now & then <3"
    assert (gap.duration().value, gap.duration().rate) == (37.5, 25)
    assert first.duration().value == 38.5
    assert (tmp_path / "film.vtt").read_text(encoding="utf-8") == (
        "WEBVTT\nLanguage: de\n\n"
        "00:00:01.500 --> 00:00:03.040\nANNA: We should <i>go</i>.\nNow &amp; then &lt;3\n\n"
        "00:00:02.000 --> 00:00:04.001\n[door slams]\n"
    )


def test_otiotool_and_otiostat(tmp_path: Path) -> None:
    words(tmp_path)
    done = otio_tool("otiotool", "-i", "film.de.srt", "--list-tracks", "--list-clips", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "TRACK: Subtitles de (Subtitle)" in done.stdout
    assert "CLIP: [door slams]" in done.stdout
    words(tmp_path, "empty.vtt", " ")
    (tmp_path / "noise.srt").write_bytes(bytes(range(256)) * 20)
    words(tmp_path, "bomb.ttml", '<!DOCTYPE a [<!ENTITY b "c">]><tt>&b;</tt>')
    done = otio_tool("otiostat", "film.de.srt", "empty.vtt", "noise.srt", "bomb.ttml", folder=tmp_path)
    said = [line for line in done.stderr.splitlines() if "did not successfully parse" in line]
    for name, problem in (("empty.vtt", "is empty"), ("noise.srt", "encoding"), ("bomb.ttml", "XML entities")):
        assert any(f"{name}: " in line and problem in line for line in said), done.stderr
    assert "number of clips: 2" in done.stdout and len(said) == 3


def test_otioconvert_with_the_hook_gives_sound_made_by_the_shipped_model(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_movie(tmp_path / "in" / "film.mp4", 2)
    write_reel(tmp_path / "in" / "reel.otio", ["film.mp4"])
    asked = {"task": "foley", "prompt": "rain", "steps": 1, "device": "cpu", "loudness": "none"}
    request = json.dumps({**asked, "timeline": "in/reel.otio"})
    done = otio_tool(
        "otioconvert", "-i", "in/reel.otio", "-o", "sound.otio", "-H", f"talkies={request}", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    written = otio.adapters.read_from_file(str(tmp_path / "sound.otio"))
    effects, background = written.tracks[-2:]
    (clip,) = effects.find_clips()
    assert background.name == "BG talkies"
    assert (effects.name, clip.metadata["talkies"]["engine"]) == ("FX talkies", "mini")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["in", "sound.otio", "sound.takes"]
    with av.open(str(tmp_path / clip.media_reference.target_url)) as container:
        assert container.streams.audio[0].rate == 48_000


@pytest.fixture
def tones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook makes its sound with the tests' own small engine."""
    monkeypatch.setattr(generating, "render", partial(render, load_engine=load_tones))


def written_with(document: Any, out: Path, wanted: Any) -> Any:
    """What lies in ``out`` after OTIO has written ``document`` there with the hook's argument."""
    otio.adapters.write_to_file(document, str(out), hook_function_argument_map={"talkies": wanted})
    return otio.adapters.read_from_file(str(out))


@pytest.mark.parametrize("suffix", ["otio", "xml"])
def test_the_hook_adds_tracks_and_leaves_the_given_timeline_alone(reel: Path, tones: None, suffix: str) -> None:
    document = otio.adapters.read_from_file(str(reel))
    if suffix == "xml":
        del document.tracks[-1]  # that adapter knows no subtitles, and media only with their length
        for clip in document.find_clips():
            clip.media_reference.available_range = clip.source_range
    before = document.to_json_string()
    again = written_with(document, reel.with_name(f"out.{suffix}"), {"task": "foley"})
    assert document.to_json_string() == before
    new = again.tracks[len(document.tracks) :]
    urls = [clip.media_reference.target_url for track in new for clip in track.find_clips()]
    assert len(urls) == 4
    assert all(url.startswith("out.takes/" if suffix == "otio" else reel.parent.as_uri()) for url in urls)
    assert {path.name for path in reel.with_name("out.takes").iterdir()} == {Path(url).name for url in urls}
    assert not list(reel.parent.glob(".talkies-*"))


def test_nothing_happens_without_the_argument(reel: Path) -> None:
    document = otio.adapters.read_from_file(str(reel))
    for wanted in (None, False):
        assert written_with(document, reel.with_name("out.otio"), wanted).is_equivalent_to(document)
    assert not reel.with_name("out.takes").exists()


WRONG = [
    ("folley", "unknown task 'folley'"),
    (12, "is not a known request"),
    ({"takes": "two"}, "takes"),
    ({"tsak": "foley"}, "did you mean"),
]


@pytest.mark.parametrize(("wanted", "sentence"), WRONG)
def test_what_the_hook_cannot_do_is_one_sentence(reel: Path, wanted: Any, sentence: str) -> None:
    document = otio.adapters.read_from_file(str(reel))
    before = sorted(reel.parent.iterdir())
    with pytest.raises(OTIOError, match=sentence) as caught:
        written_with(document, reel.with_name("out.otio"), wanted)
    assert "\n" not in str(caught.value)
    assert sorted(reel.parent.iterdir()) == before


def test_a_string_needs_a_place_for_the_takes(reel: Path, tones: None) -> None:
    document = otio.adapters.read_from_file(str(reel))
    arguments: dict[str, Any] = {"talkies": "foley"}
    with pytest.raises(OTIOError, match="there is no file to put the takes beside"):
        otio.adapters.write_to_string(document, "otio_json", hook_function_argument_map=arguments)
    arguments = {"talkies": {"task": "foley", "out": str(reel.with_name("named.otio"))}}
    text = otio.adapters.write_to_string(document, "otio_json", hook_function_argument_map=arguments)
    assert "named.takes/" in text and len(list(reel.with_name("named.takes").iterdir())) == 4


def words_and_places(cues: Iterable[Cue]) -> list[tuple[str, ...]]:
    """The words of cues and their places, in an order that does not depend on where they came from."""
    return sorted((cue.text, cue.kind, cue.speaker, cue.language, str(cue.range)) for cue in cues)


def test_every_kind_of_subtitle_file_says_the_same_through_otio(shared_dir: Path, tmp_path: Path) -> None:
    """Read as a timeline, the words and their places are those of the file itself."""
    read, refused = 0, 0
    for path in sorted(path for path in (shared_dir / "data/subtitles").rglob("*") if path.is_file()):
        try:
            known = read_subtitles(path)
        except SubtitleError:
            refused += 1
            with pytest.raises(OTIOError):
                otio.adapters.read_from_file(str(path))
            continue
        read += 1
        otio.adapters.write_to_file(otio.adapters.read_from_file(str(path)), str(tmp_path / "subtitles.otio"))
        assert words_and_places(read_timeline(tmp_path / "subtitles.otio").cues) == words_and_places(
            dict.fromkeys(known)
        ), path.name
    assert (read, refused) == (37, 7)


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
@pytest.mark.parametrize("rate", [24, 23.976, 1000])
def test_writing_what_was_read(tmp_path: Path, suffix: str, rate: float) -> None:
    text = "WEBVTT\n\n00:00:01.001 --> 00:00:02.999\n<v Anna>So <b>what</b>?\n<v Boris>Nothing &lt;here&gt; --- 1\n"
    text += "\n00:59:59.999 --> 01:00:00.001\n♪ soft piano ♪\n"
    document = otio.adapters.read_from_file(str(words(tmp_path, "a.vtt", text)), rate=rate)
    otio.adapters.write_to_file(document, str(tmp_path / f"b.{suffix}"))
    assert read_subtitles(tmp_path / f"b.{suffix}")[-1].range.start == Fraction(3599999, 1000)
    if suffix == "vtt":
        assert (tmp_path / "b.vtt").read_text(encoding="utf-8") == text.replace("?\n<v", "?<v")
    else:
        assert "ANNA" not in (tmp_path / "b.srt").read_text(encoding="utf-8")
        assert "Anna: So <b>what</b>?\nBoris: Nothing <here> --- 1" in (tmp_path / "b.srt").read_text(encoding="utf-8")


@pytest.mark.parametrize("between", ["-->", "-", "to"])
def test_words_that_look_like_times_do_not_break_the_file(tmp_path: Path, between: str) -> None:
    clip = otio.schema.Clip(f"00:00:01,000 {between} 00:00:02,000\n\nsecond", source_range=otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(25, 25)))  # fmt: skip
    document = otio.schema.Timeline("cut", tracks=[otio.schema.Track("ST", kind="Subtitle", children=[clip])])
    otio.adapters.write_to_file(document, str(tmp_path / "out.srt"))
    (cue,) = read_subtitles(tmp_path / "out.srt")
    assert cue.text == f"… 00:00:01,000 {between.replace('-->', '→')} 00:00:02,000 second"


@pytest.mark.parametrize("rate", [0, -1, "fast", float("nan"), 1e9])
def test_an_impossible_rate(tmp_path: Path, rate: Any) -> None:
    with pytest.raises(OTIOError, match="is not a number of frames per second"):
        otio.adapters.read_from_file(str(words(tmp_path)), rate=rate)


def test_what_cannot_be_written(reel: Path) -> None:
    document = otio.adapters.read_from_file(str(reel))
    with pytest.raises(OTIOError, match="read, but not written"):
        otio.adapters.write_to_file(document, str(reel.with_name("out.ass")))
    del document.tracks[-1]
    with pytest.raises(OTIOError, match="no subtitles on a track of their own"):
        otio.adapters.write_to_file(document, str(reel.with_name("out.srt")))
    with pytest.raises(OTIOError, match="holds no timeline"):
        otio.adapters.write_to_file(otio.schema.Gap(), str(reel.with_name("out.srt")))
    assert not list(reel.parent.glob("out*"))
