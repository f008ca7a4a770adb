"""``talkies batch`` as people call it: exit codes, sentences, and what a shell sees."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from batches import WORKER, rows, write_archive
from films import write_movie

from talkies.plugin.cli import main
from talkies.plugin.commands import batch

TALKIES = (sys.executable, "-m", "talkies.plugin.cli")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive, and workers with the small engine."""
    monkeypatch.setattr(batch, "WORKER", WORKER)
    return write_archive(tmp_path / "in")


def test_all_it_says_and_its_exit_codes(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 as long as something is broken, 0 once it is mended."""
    words = ["batch", str(archive), "-o", str(tmp_path / "out"), "--background", "off", "--shots", "none"]
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[:2] == ["done: 2 reels", "failed: 1 reels"]
    assert [Path(line).is_file() for line in said.out.splitlines()[-2:]] == [True, True]
    assert said.err.count("talkies: warning: 1926/notes.mov: ") == 1
    assert "export or copy it again" in said.err and "left" in said.err
    assert main([*words, "--json"]) == 1
    again = capsys.readouterr()
    assert json.loads(again.out)["reels"] == {"done": 2, "failed": 1}
    assert "3 of 3 reels are settled already" in again.err
    write_movie(archive / "1926" / "notes.mov", 1)
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"] == {"done": 5}
    assert main(["batch", "--status", "-o", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.startswith("done: 3 reels\n")


def test_status_of_a_part_knows_what_waits(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["batch", str(archive), "-o", str(tmp_path / "out"), "--background", "off", "--shots", "none", "--json"]
    assert main([*words, "--shard", "2/2"]) == 0
    assert json.loads(capsys.readouterr().out)["reels"] == {"done": 1}
    assert main([*words, "--status"]) == 0
    assert json.loads(capsys.readouterr().out)["reels"] == {"done": 1, "waiting": 2}
    states = {row["reel"]: row["state"] for row in rows(tmp_path / "out" / "batch.csv")}
    assert states == {"1926/reel.mov": "done", "1926/notes.mov": "waiting", "1927/reel.otio": "waiting"}


def test_options_of_generate_and_of_the_list_reach_the_takes(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = archive / "all.csv"
    listed.write_text("reel,seed,prompt\n1926/reel.mov,7,rain\n1927/reel.otio,,\n")
    out = tmp_path / "out"
    words = ["batch", str(listed), "-o", str(out), "--seed", "3", "--task", "foley", "--format", "fcpxml"]
    assert main([*words, "--background", "off", "--shots", "none"]) == 0
    files = [Path(row["file"]) for row in rows(out / "batch.csv")]
    assert {path.parent.name for path in files} == {"reel.mov.talkies.takes", "reel.otio.talkies.takes"}
    for name, seed, prompt in (("1926/reel.mov", "7", "rain"), ("1927/reel.otio", "3", "")):
        text = (out / f"{name}.talkies.fcpxml").read_text()
        assert f'"seed": {seed}' in text.replace("&quot;", '"') and (not prompt or prompt in text)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "out"], "has nothing to make"),
        (["none", "-o", "out", "--shard", "3/2"], "is no part"),
        (["none", "-o", "out", "--workers", "0"], "out of range"),
        (["none", "-o", "out", "--format", "doc"], "cannot be written"),
        (["*.none", "-o", "out"], "holds no timeline and no movie"),
        (["--status", "-o", "none"], "holds no batch"),
        (["none.csv", "-o", "out"], "none.csv: cannot be read"),
        (["none", "-o", "out", "--two-pop"], "--two-pop"),
        (["none", "-o", "out", "--only", "x"], "unrecognized arguments"),
        (["none", "-o", "out", "--segment", "V1-001"], "unrecognized arguments"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["batch", *words]) == 2
    said = capsys.readouterr()
    assert sentence in said.err and len(said.err.splitlines()) == 1 and not said.out
    assert not list(tmp_path.iterdir())


def test_words_stay_words_though_files_are_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers may run elsewhere, so files are named in full."""
    for name in ("auto", "clara", "own"):
        (tmp_path / name).mkdir()
    (tmp_path / "bob.wav").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser()
    batch.add_arguments(parser)
    for shots, voice, wanted in (("auto", "clara", "clara"), ("auto", "bob.wav", str(tmp_path / "bob.wav"))):
        words = ["x", "-o", "out", "--shots", shots, "--voice", voice, "--task", "music", "--soundfont", "own"]
        template = batch.asked_by(parser.parse_args(words)).template
        assert (template.shots, template.voice, template.music.soundfont) == (shots, wanted, "own")


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_without_ray_it_says_what_to_install(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", str(archive), "-o", str(tmp_path / "out"), "--engine-of-work", "ray"]) == 2
    said = capsys.readouterr()
    assert "--engine-of-work ray: needs ray" in said.err and "pip install 'talkies[ray]'" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_with_its_workers_and_the_overview_is_there(number: signal.Signals, tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in"), tmp_path / "out"
    code = (
        f"import signal, sys; sys.path.insert(0, {str(Path(WORKER[1]).parent)!r})\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"from talkies.plugin.commands import batch\nbatch.WORKER = {(*WORKER, '0.3')!r}\n"
        f"from talkies.plugin.cli import main\n"
        f"sys.exit(main(['batch', {str(archive)!r}, '-o', {str(out)!r}, '--background', 'off', '--shots', 'none']))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "2 of 3" in line:
                break
        time.sleep(0.5)
        running.send_signal(number)
        told = running.stderr.read()
        assert running.wait(30) == 130
    assert "stopped; finished takes are kept" in told and "Traceback" not in told
    states = [row["state"] for row in rows(out / "batch.csv")]
    assert states == ["failed", "done", "begun", "begun", "begun"]


def test_two_shards_at_once_and_whoever_ends_last_lists_all(tmp_path: Path) -> None:
    """As two machines on one disk: no reel is made by both, and the table has all of them."""
    archive, out = tmp_path / "in", tmp_path / "out"
    archive.mkdir()
    for number in range(6):
        write_movie(archive / f"{number}.mov", 1)
    words = ["batch", str(archive), "-o", str(out), "--background", "off", "--shots", "none"]
    code = (
        f"import sys; sys.path.insert(0, {str(Path(WORKER[1]).parent)!r})\n"
        f"from talkies.plugin.commands import batch\nbatch.WORKER = {WORKER!r}\n"
        f"from talkies.plugin.cli import main\nsys.exit(main([*{words!r}, '--shard', sys.argv[1]]))\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, f"{part}/2"], stderr=subprocess.DEVNULL) for part in (1, 2)]
    assert [each.wait(120) for each in both] == [0, 0]
    logs = [(out / "batch.data" / f"shard-{part}-of-2.jsonl").read_text() for part in (1, 2)]
    made = [{f"{number}.mov" for number in range(6) if f'"reel": "{number}.mov"' in log} for log in logs]
    assert made[0] and made[1] and not made[0] & made[1]
    table = rows(out / "batch.csv")
    assert [(row["reel"], row["state"]) for row in table] == [(f"{number}.mov", "done") for number in range(6)]


def test_nothing_heavy_is_loaded_to_find_all_done(archive: Path, tmp_path: Path) -> None:
    words = [
        "batch",
        str(archive / "1926" / "reel.mov"),
        "-o",
        str(tmp_path / "out"),
        "--background",
        "off",
        "--shots",
        "none",
    ]
    assert main(words) == 0
    code = (
        f"import sys; from talkies.plugin.cli import main; code = main({words!r})\n"
        "print(code, *[name for name in ('torch', 'cv2', 'av', 'scipy', 'matplotlib') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.splitlines()[-1] == "0"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there it is counted otherwise")
def test_five_hundred_finished_jobs_are_known_in_five_seconds(archive: Path, tmp_path: Path) -> None:
    """The whole command, from its start; of the processor, for others may be at work on this machine."""
    import resource

    films = tmp_path / "films"
    for number in range(50):
        (films / f"{number:02}").mkdir(parents=True)
        os.link(archive / "1926" / "reel.mov", films / f"{number:02}" / "reel.mov")
    words = [
        "batch",
        str(films),
        "-o",
        str(tmp_path / "out"),
        "--background",
        "off",
        "--shots",
        "none",
        "--takes",
        "10",
    ]
    assert main(words) == 0
    assert len(rows(tmp_path / "out" / "batch.csv")) == 500
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*TALKIES, *words], check=True, capture_output=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5
