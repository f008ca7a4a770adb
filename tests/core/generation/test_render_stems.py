"""The story that ends in a stems folder: pops and handles as asked for, nothing half-done."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from engines import load_tones

from talkies.core.errors import ArgumentError, CancelledError, OutputError
from talkies.core.events import Event, Finished, Progress, Warned
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.plugin.cli import main


def tell(request: Request, **options: object) -> list[Event]:
    return list(render(request, load_engine=load_tones, **options))  # type: ignore[arg-type]


def test_a_stems_folder_lies_beside_its_takes(reel: Path) -> None:
    events = tell(Request(reel, reel.with_name("cut.stems"), two_pop=True))
    (loss,) = [event.sentence for event in events if isinstance(event, Warned)]
    assert loss.startswith("a stems folder holds sound and lists, not the cut (clips of picture: 2)")
    assert {path.name for path in reel.with_name("cut.stems").iterdir()} == {
        "README.txt", "SHA256SUMS", "reel.srt", "reel.vtt", "reel_cues.csv", "reel_markers.edl",
        "reel_DX_talkies.wav", "reel_DX_talkies_2.wav", "reel_FX_talkies.wav", "reel_BG_talkies.wav",
    }  # fmt: skip
    assert len(list(reel.with_name("cut.takes").iterdir())) == 6
    stem = read_sound(reel.with_name("cut.stems") / "reel_FX_talkies.wav")[0]
    assert len(stem) == 10 * 48_000 and np.flatnonzero(stem)[0] == 6 * 48_000 + 1
    finished = events[-1]
    assert isinstance(finished, Finished)
    first = next(take for take in finished.takes if take.stem == "FX")
    head = first.head_handle * 48_000
    assert np.array_equal(stem[8 * 48_000 : 9 * 48_000], read_sound(first.path)[0, int(head) : int(head) + 48_000])


@pytest.mark.parametrize(("asked", "given"), [(Fraction(0), 0), (Fraction(1, 5), 0.2), (Fraction(3), 1)])
def test_handles_are_as_long_as_asked_for_where_the_picture_has_them(reel: Path, asked: Fraction, given: float) -> None:
    """Both shots begin at second 1 of three seconds of film and last one."""
    done = tell(Request(reel, reel.with_name("out.otio"), task="foley", handles=asked, background="off"))[-1]
    assert isinstance(done, Finished)
    for take in done.takes:
        assert (float(take.head_handle), float(take.tail_handle)) == (given, given)
        assert read_sound(take.path).shape[1] == round((1 + 2 * given) * 48_000)


def test_a_pop_has_no_room_in_a_timeline(reel: Path) -> None:
    plain = Request(reel, reel.with_name("out.otio"))
    with pytest.raises(ArgumentError, match="--two-pop: a timeline has no room"):
        replace(plain, two_pop=True)
    with pytest.raises(ArgumentError, match="--tail-pop: a timeline has no room"):
        replace(plain, tail_pop=True)


def test_what_stands_there_is_replaced_only_if_it_is_ours(reel: Path) -> None:
    out = reel.with_name("cut.stems")
    request = Request(reel, out, task="foley")
    tell(request)
    tell(request)
    (out / "session.ptx").write_text("a week of work")
    with pytest.raises(OutputError, match=r"session\.ptx"):
        tell(request)
    assert (out / "session.ptx").exists()
    out.with_name("other.stems").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        tell(replace(request, out=out.with_name("other.stems")))


def test_nothing_but_finished_takes_is_left_when_stopped(reel: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.fraction > 0.8:
            raise CancelledError(reel, "was cancelled")

    with pytest.raises(CancelledError):
        tell(Request(reel, reel.with_name("cut.stems")), watch=stop)
    assert {path.name for path in reel.parent.iterdir()} == {"film.mp4", "reel.otio", "cut.takes"}


def test_the_command_line_says_it_in_one_sentence(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(reel.with_name("out.otio"))
    for options in (["--handles", "11"], ["--handles", "long"], ["--two-pop"]):
        assert main(["generate", str(reel), "-o", out, *options], load_tones) == 2
        (sentence,) = capsys.readouterr().err.strip().splitlines()
        assert sentence.startswith("talkies: ") and options[0] in sentence
    assert main(["generate", str(reel), "-o", out, "--handles", "0", "--task", "foley"], load_tones) == 0
    capsys.readouterr()
    folder = reel.with_name("handed")
    assert main(["turnover", out, "-o", str(folder), "--json"], load_tones) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["output"], report["takes"], report["samples"]) == (str(folder), 4, 96_000)
    assert (folder / "README.txt").is_file()
    assert main(["turnover", str(reel), "-o", str(folder)], load_tones) == 2
    assert "holds no sound of talkies" in capsys.readouterr().err
