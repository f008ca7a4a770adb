"""The buttons in real Blender, with the small engine of the tests: what is placed, refused and survived."""

from __future__ import annotations

import ast
import json
import os
import signal
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from blenders import Blender, press, program
from films import write_movie
from guests import RUDE, rude_manifest

from talkies.core.media.sound import read_sound

pytestmark = pytest.mark.slow  # a real Blender

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def film(blender: Blender, tmp_path: Path) -> Blender:
    """Two shots of a second each and a line over the second; talkies is there, with an engine that makes tones."""
    blender.call("variable", name="TALKIES", value=str(program(tmp_path / "talkies", "tests/tones_worker.py", "0")))
    write_movie(tmp_path / "film.mp4", 3)
    add_shots(blender, tmp_path / "film.mp4")
    return blender


def add_shots(blender: Blender, movie: Path) -> None:
    blender.call("add", kind="MOVIE", file=str(movie), name="one", channel=1, start=1, cut=50)
    blender.call("add", kind="MOVIE", file=str(movie), name="two", channel=1, start=1, skip=25, cut=25)
    blender.call("add", kind="TEXT", name="line", channel=2, start=30, length=15, text="ANNA: Hello there.")
    blender.call("save", path=str(movie.with_suffix(".blend")))


def tracks(blender: Blender) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for each in blender.call("listed"):
        found.setdefault(each["track"], []).append((each["start"], each["end"]))
    return found


SHOTS = [(1, 26), (26, 51)]


def test_each_button_makes_its_departments_and_is_one_step_to_undo(film: Blender) -> None:
    film.call("settings", prompt="zzz")
    said = press(film, "foley")["sentences"]
    assert said[0] == "2 sounds on FX talkies" and any("no sound is known for 'zzz'" in each for each in said)
    assert tracks(film) == {"FX talkies": SHOTS}
    press(film, "dialogue")
    assert tracks(film) == {"FX talkies": SHOTS, "DX talkies": SHOTS[1:]}
    after = press(film, "both")
    assert not after["failed"] and after["sentences"][0] == "3 sounds on DX talkies 2, FX talkies 2"
    assert tracks(film)["DX talkies 2"] == SHOTS[1:]
    film.call("undo")
    assert tracks(film) == {"FX talkies": SHOTS, "DX talkies": SHOTS[1:]}
    assert len(film.call("read")["ids"]) == 2
    film.call("redo")
    assert list(tracks(film)) == ["FX talkies", "DX talkies", "DX talkies 2", "FX talkies 2"]


def test_replacing_touches_only_what_makes_way_and_further_takes_are_silent(film: Blender) -> None:
    press(film, "both")
    film.call("settings", conflict="replace", seed=5, takes=2)
    film.call("change", name="two", select=True)
    after = press(film, "foley")
    assert "1 replaced" in after["sentences"][0]
    sounds = film.call("listed")
    assert tracks(film) == {"DX talkies": SHOTS[1:], "FX talkies": SHOTS, "FX talkies 2": SHOTS[1:]}
    assert [(each["talkies"]["stem"], each["talkies"]["seed"]) for each in sounds] == [
        ("DX", 0), ("FX", 0), ("FX", 5), ("FX", 6),
    ]  # fmt: skip
    assert [each["mute"] for each in sounds] == [False, False, False, True]
    film.call("undo")
    assert [each["talkies"]["seed"] for each in film.call("listed")] == [0, 0, 0]


def test_keeping_ours_makes_only_what_is_not_there(film: Blender) -> None:
    film.call("change", name="one", select=True)
    press(film, "foley")
    film.call("change", name="one", select=False)
    film.call("settings", conflict="skip")
    press(film, "foley")
    assert [each["talkies"]["segment"] for each in film.call("listed")] == ["V1-001", "V1-002"]
    assert "talkies sound already" in film.call("press", button="generate", task="foley")


def test_generating_again_replaces_the_active_strip(film: Blender) -> None:
    film.call("settings", prompt="gravel")
    press(film, "both")
    before = film.call("listed")
    film.call("settings", prompt="something else")
    film.call("activate", name=before[1]["name"])
    assert film.call("press", button="again") == ""
    said = film.call("wait")
    assert not said["failed"], said
    after = film.call("listed")
    assert tracks(film) == {"DX talkies": SHOTS[1:], "FX talkies": SHOTS}
    assert [each["talkies"]["seed"] for each in after] == [0, 1, 0]
    assert after[1]["talkies"]["prompt"] == "gravel"
    assert after[1]["file"] != before[1]["file"]
    film.call("activate", name="one")
    assert film.call("press", button="again") == "the button is grey"
    film.call("activate", name=after[1]["name"])
    film.call("change", name="one", frame_start=1000)
    assert "no picture left under" in film.call("press", button="again")


def test_a_crash_of_the_worker_leaves_blender_alive(film: Blender, tmp_path: Path) -> None:
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "slow", "tests/tones_worker.py", "0.3")))
    assert film.call("press", button="generate", task="foley") == ""
    os.kill(film.call("worker_id"), signal.SIGKILL)
    after = film.call("wait")
    assert after["failed"] and "stopped unexpectedly" in after["sentences"][0]
    assert film.call("listed") == []


def test_a_worker_of_another_version_is_refused_in_a_sentence(film: Blender, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("""print('{"id": 1, "event": "progress", "done": []}')""", encoding="utf-8")
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "odd", str(tmp_path / "odd.py"))))
    assert film.call("press", button="generate", task="foley") == ""
    after = film.call("wait")
    assert after["failed"] and "does not understand; reinstall both" in after["sentences"][0]


def test_a_program_older_than_the_extension_is_named_with_its_cure(film: Blender, tmp_path: Path) -> None:
    """It answers hello as talkies did before both sides were compared, and changes nothing."""
    answer = '{"id": 0, "event": "result", "result": {"protocol": 1, "version": "0.0.9"}}'
    (tmp_path / "old.py").write_text(
        f"import sys\nsys.stdin.readline()\nprint({answer!r}, flush=True)\nsys.stdin.read()"
    )
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "old", str(tmp_path / "old.py"))))
    said = press(film, "foley")
    assert said["sentences"][0].startswith("talkies 0.0.9: is older than what asks it")
    assert said["sentences"][0].endswith("update it: pip install --upgrade talkies")
    assert film.call("listed") == []


def test_an_extension_of_another_version_is_named_and_served(film: Blender, tmp_path: Path) -> None:
    """A program in front of talkies' own says that it is of another version."""
    script = tmp_path / "newer.py"
    script.write_text(
        "import sys; sys.argv = sys.argv[:1]\n"
        f"sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
        "from talkies.core.hosts import handshake\n"
        "handshake.our_version = lambda: '9.9'\n"
        "from tones_worker import load_slow_tones\n"
        "from talkies.plugin.commands.worker import serve_stdio\n"
        "sys.exit(serve_stdio(load_slow_tones))\n"
    )
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "newer", str(script))))
    said = press(film, "foley")
    assert any("the program is 9.9; run 'talkies blender install'" in sentence for sentence in said["sentences"])
    assert film.call("listed")


def test_a_worker_that_hangs_is_ended_by_cancelling_twice(film: Blender, tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text("import time; time.sleep(600)", encoding="utf-8")
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "deaf", str(tmp_path / "deaf.py"))))
    assert film.call("press", button="generate", task="foley") == ""
    assert film.call("press", button="cancel") == ""
    assert film.call("polled")["working"]
    assert film.call("press", button="cancel") == ""
    assert film.call("polled")["sentences"][0] == "The work was cancelled; nothing was changed"


def test_opening_another_file_stops_the_work(film: Blender, tmp_path: Path) -> None:
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "slow", "tests/tones_worker.py", "0.3")))
    assert film.call("press", button="generate", task="foley") == ""
    film.call("reopen", path=str(tmp_path / "film.blend"))
    assert film.call("shown") == {
        "working": False, "fraction": None, "sentences": [], "failed": False, "timer": False,
    }  # fmt: skip


def test_media_that_moved_are_named(film: Blender, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").rename(tmp_path / "moved.mp4")
    after = press(film, "foley")
    assert after["failed"] and "film.mp4" in after["sentences"][0]
    assert film.call("listed") == []


def test_without_the_program_there_is_a_sentence(film: Blender, tmp_path: Path) -> None:
    film.call("variable", name="TALKIES", value=str(tmp_path / "nowhere"))
    said = film.call("press", button="generate", task="foley")
    assert film.call("drawn")[0].startswith("/") and "Foley" in film.call("drawn")
    assert "nowhere" in said and "TALKIES" in said
    film.call("preference", program=str(tmp_path / "talkies"))
    assert film.call("drawn")[0] == "Foley"
    film.call("preference", program=str(tmp_path / "film.mp4"))
    assert "preferences" in film.call("press", button="open_panel")
    film.call("preference", program="")


def test_an_empty_scene_and_a_wordless_one_are_refused(blender: Blender, tmp_path: Path) -> None:
    assert "no picture" in blender.call("press", button="generate", task="foley")
    write_movie(tmp_path / "film.mp4", 1)
    blender.call("add", kind="MOVIE", file=str(tmp_path / "film.mp4"), name="one", channel=1, start=1)
    assert "no text strip" in blender.call("press", button="generate", task="dialogue")


def test_the_panel_is_opened_and_answered(film: Blender, tmp_path: Path) -> None:
    """A program in the panel's place asks over talkies' own side of the bridge and places a take."""
    script = tmp_path / "asking.py"
    script.write_text(textwrap.dedent(PANEL), encoding="utf-8")
    runs = program(tmp_path / "panel", str(script))
    film.call("variable", name="TALKIES", value=str(runs))
    assert film.call("press", button="open_panel") == ""
    assert film.call("press", button="open_panel") == "the button is grey"
    after = film.call("wait_for_panel")
    assert after["sentences"][0].endswith(": 2 shots, then FX talkies")
    assert after["sentences"][0].startswith("Blender ")
    (sound,) = film.call("listed")
    assert (sound["track"], sound["start"], sound["end"]) == ("FX talkies", 26, 51)


def test_the_panels_work_on_a_file_is_kept_beside_it_and_apart_from_every_other(film: Blender, tmp_path: Path) -> None:
    saved = panel_folder(film, tmp_path)
    assert saved == tmp_path / "film.talkies" / "panel"
    film.call("new")
    unsaved = panel_folder(film, tmp_path)
    assert panel_folder(film, tmp_path) == unsaved
    film.call("new")
    assert len({saved, unsaved, panel_folder(film, tmp_path)}) == 3


def panel_folder(blender: Blender, folder: Path) -> Path:
    """A program in the panel's place says what it was told."""
    (folder / "telling.py").write_text("import sys; sys.exit(repr(sys.argv[1:]))", encoding="utf-8")
    told = program(folder / "told", str(folder / "telling.py"), '"$@"')
    blender.call("variable", name="TALKIES", value=str(told))
    assert blender.call("press", button="open_panel") == ""
    panel, bridge, option, place = ast.literal_eval(blender.call("wait_for_panel")["sentences"][0])
    assert (panel, bridge, option) == ("panel", "--bridge", "--folder")
    return Path(place)


PANEL = """
    import sys
    from fractions import Fraction
    from pathlib import Path

    import numpy as np

    from talkies.core.hosts.bridge import BridgedHost
    from talkies.core.media.wav.bwf import write_bwf
    from talkies.core.segment import Take
    from talkies.core.times import TimeRange

    folder = Path(__file__).parent
    blender = BridgedHost(sys.stdout, sys.stdin, folder / "exported")
    shots = len(blender.read_timeline().segments)
    write_bwf(folder / "FX.wav", [np.full((1, 48_000), 0.1, np.float32)])
    take = Take("V1-002", "FX", "FX", folder / "FX.wav", TimeRange(Fraction(1), Fraction(2)), 48_000)
    tracks = blender.add_takes([take]).tracks
    sys.exit(f"{blender.name}: {shots} shots, then {tracks[0].name}")
"""


def test_the_sidebar_leads_through_a_run_that_is_cancelled_and_changes_nothing(film: Blender, tmp_path: Path) -> None:
    idle = film.call("drawn")
    assert {"Foley", "Dialogue", "Both", "talkies.again", "talkies.open_panel", "prompt", "seed", "conflict"} <= set(
        idle
    )
    film.call("variable", name="TALKIES", value=str(program(tmp_path / "slow", "tests/tones_worker.py", "0.3")))
    assert film.call("press", button="cancel") == "the button is grey"
    assert film.call("press", button="generate", task="foley") == ""
    assert "talkies is working" in film.call("press", button="generate", task="foley")
    working = film.call("drawn")
    assert "talkies.cancel" in working and "0%" in working and "Foley" not in working
    assert film.call("press", button="cancel") == ""
    after = film.call("wait")
    assert after["failed"] and "was cancelled" in after["sentences"][0]
    assert any("was cancelled" in text for text in film.call("drawn"))
    assert film.call("listed") == []
    film.call("variable", name="TALKIES", value=str(tmp_path / "nowhere"))
    assert any("named by the variable" in text for text in film.call("drawn"))


def test_the_extension_can_be_switched_off_and_on(blender: Blender) -> None:
    assert blender.call("disable") == {"operator": False, "settings": False}
    found = blender.call("enable")
    assert found["enabled"] and found["panel"] and not found["online"]


def test_engines_of_other_people_are_offered_and_used(film: Blender, tmp_path: Path) -> None:
    """One that is added is in the list of the sidebar, and what is chosen there is asked for."""
    configuration = tmp_path / "configuration"
    configuration.mkdir()
    row = {"argv": [sys.executable, str(RUDE), json.dumps(rude_manifest())], "manifest": rude_manifest()}
    (configuration / "engines.json").write_text(json.dumps({"rude": row}), encoding="utf-8")
    (configuration / "config.toml").write_text('background = "off"\n', encoding="utf-8")
    talkies = tmp_path / "talkies-with-rude"
    exported = f'TALKIES_CONFIG="{configuration / "config.toml"}" exec'
    talkies.write_text(f'#!/bin/sh\n{exported} "{Path(sys.executable).with_name("talkies")}" "$@"\n', encoding="utf-8")
    talkies.chmod(0o755)
    film.call("variable", name="TALKIES", value=str(talkies))
    assert [name for name, _ in film.call("engines", typed="")] == ["mini", "vssflow", "hibari", "rude"]
    assert film.call("engines", typed="ru") == [["rude", "foley; CC-BY-NC-4.0, not to be sold"]]
    film.call("settings", engine="rude")
    made = press(film, "foley")
    assert not made["failed"], made
    assert tracks(film) == {"FX talkies": SHOTS}
    assert {each["talkies"]["engine"] for each in film.call("listed")} == {"rude"}


def test_music_is_one_score_over_all_shots_and_can_be_made_again(film: Blender) -> None:
    """Stereo of its strip's length, and muted above it the same piece that makes no way for the line; another one takes
    the place of the first, whole, and leaves the rest."""
    film.call("settings", prompt="misterioso, organ", takes=1)
    assert press(film, "music")["sentences"][0] == "2 sounds on MX talkies, MX talkies 2"
    whole = [(1, 51)]  # both shots
    assert tracks(film) == {"MX talkies": whole, "MX talkies 2": whole}
    first, full = film.call("listed")
    assert [first["mute"], full["mute"]] == [False, True]
    assert first["talkies"]["stem"] == "MX" and first["talkies"]["prompt"] == "misterioso, organ"
    sound, loud = (read_sound(Path(each["file"]), mono=False) for each in (first, full))
    assert sound.shape == loud.shape and sound.shape[1] >= 2 * 48_000
    beneath = slice(round(1.25 * 48_000), round(1.7 * 48_000))
    assert np.abs(sound[:, beneath]).max() < np.abs(loud[:, beneath]).max() / 2
    film.call("activate", name=first["name"])
    assert film.call("press", button="again") == ""
    said = film.call("wait")
    assert not said["failed"], said
    assert tracks(film) == {"MX talkies": whole, "MX talkies 2": whole}
    again, kept = sorted(film.call("listed"), key=lambda each: str(each["track"]))
    assert again["talkies"]["seed"] == first["talkies"]["seed"] + 1 and again["file"] != first["file"]
    assert not again["mute"] and kept == full


def test_music_of_two_sections_is_made_again_where_the_strip_lies(blender: Blender, tmp_path: Path) -> None:
    """One strip of picture of 76 s: what is made again is the second section, over its own frames, and no other."""
    blender.call("variable", name="TALKIES", value=str(program(tmp_path / "talkies", "tests/tones_worker.py", "0")))
    write_movie(tmp_path / "long.mp4", 76)
    blender.call("add", kind="MOVIE", file=str(tmp_path / "long.mp4"), name="one", channel=1, start=1)
    blender.call("add", kind="TEXT", name="line", channel=2, start=1500, length=50, text="ANNA: Hello there.")
    blender.call("settings", prompt="lamento, piano", takes=1)
    assert not press(blender, "music")["failed"]
    before = [each for each in blender.call("listed") if not each["mute"]]
    assert [each["talkies"]["cue"] for each in before] == ["m1", "m2"]
    old = before[1]
    assert 1 < before[0]["end"] == old["start"] < 1500 < 1550 < old["end"] == 1 + 76 * 25
    rest = [each for each in blender.call("listed") if each["name"] != old["name"]]
    blender.call("activate", name=old["name"])
    assert blender.call("press", button="again") == ""
    said = blender.call("wait")
    assert not said["failed"], said
    new = [each for each in blender.call("listed") if each not in rest]
    assert [(each["track"], each["start"], each["end"], each["mute"]) for each in new] == [
        (old["track"], old["start"], old["end"], False)
    ]
    assert [each for each in blender.call("listed") if each in rest] == rest
    span = [float(Fraction(each)) for each in new[0]["talkies"]["span"]]
    assert span == [(old["start"] - 1) / 25, 76], "a piece of its own, composed for these frames"
    assert new[0]["talkies"]["seed"] == old["talkies"]["seed"] + 1
    assert new[0]["talkies"]["duck"] == old["talkies"]["duck"] > 0
