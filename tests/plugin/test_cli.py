"""The command line is a contract: exit codes, one sentence, results on stdout and everything else on stderr."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
from engines import load_tones

from talkies.core.errors import CancelledError, TalkiesError
from talkies.plugin.cli import main
from talkies.plugin.commands import COMMANDS
from talkies.plugin.console import ProgressLine

TALKIES = (sys.executable, "-m", "talkies.plugin.cli")


def one_sentence(stderr: str) -> str:
    lines = stderr.splitlines()
    assert len(lines) == 1, stderr
    assert lines[0].startswith("talkies: ")
    return lines[0]


def test_every_command_of_the_contract_is_there() -> None:
    wanted = ["demo", "inspect", "generate", "panel", "models", "evaluate", "train", "worker", "doctor"]
    assert [name for name in COMMANDS if name in wanted] == wanted  # others came later


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert f"usage: talkies {name}" in told
    assert " ".join(COMMANDS[name].split()) in " ".join(told.split())


def test_version_names_what_made_a_sound(capsys: pytest.CaptureFixture[str], project_dir: Path) -> None:
    assert main(["--version"]) == 0
    told = dict(line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines())
    card = (project_dir / "resources" / "weights" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert told["talkies"] == metadata.version("talkies")
    assert told["torch"] == metadata.version("torch")
    assert card.startswith(f"# Model card: `mini` {told['model mini']}\n")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("talkies tur", {"turnover"}),
        ("talkies generate --task ", {"both", "foley", "dialogue", "joint", "background", "music", "portrait"}),
        ("talkies generate --neg", {"--negative-prompt"}),
        ("talkies ba", {"batch"}),
        (
            "talkies batch --s",
            {
                "--seed",
                "--shard",
                "--shots",
                "--soundfont",
                "--source",
                "--status",
                "--steps",
                "--stretch",
            },
        ),
        ("talkies batch --r", {"--rate", "--relevel", "--retry"}),
        ("talkies batch --wo", {"--workers"}),
        ("talkies batch --eng", {"--engine", "--engine-of-work"}),
        ("talkies batch --for", {"--format"}),
    ],
)
def test_a_shell_completes_words(typed: str, offered: set[str], tmp_path: Path) -> None:
    """The shell's side of the protocol: the line in the environment, the answers in a file."""
    answers = tmp_path / "answers"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "COMP_LINE": typed, "COMP_POINT": str(len(typed))}
    environment = {**os.environ, **asked, "_ARGCOMPLETE_STDOUT_FILENAME": str(answers)}
    subprocess.run([Path(sys.executable).with_name("talkies")], env=environment, timeout=60, check=True)
    assert {word.strip() for word in answers.read_text().split("\n")} == offered


def test_the_configuration_is_what_generate_starts_from(
    reel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('loudness = "none"\n')
    monkeypatch.setenv("TALKIES_CONFIG", str(config))
    arguments = ["generate", str(reel), "-o", str(reel.with_name("new.otio")), "--json"]
    assert main(arguments, load_tones) == 0
    assert json.loads(capsys.readouterr().out)["takes"][0]["metadata"]["loudness"] == "none"
    config.write_text('engine = "nothing"\n')
    assert main(arguments) == 2
    assert "engine nothing: is not known" in json.loads(capsys.readouterr().out)["error"]["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["generat"],
        ["generate"],
        ["generate", "a.otio"],
        ["generate", "a.otio", "-o", "b.otio", "--takes", "two"],
        ["generate", "a.otio", "-o", "b.otio", "--takes", "0"],
        ["generate", "a.otio", "-o", "b.otio", "--steps", "0"],
        ["generate", "a.otio", "-o", "b.otio", "--guidance", "nan"],
        ["generate", "a.otio", "-o", "b.otio", "--seed", "-1"],
        ["generate", "a.otio", "-o", ""],
        ["generate", "a.otio", "-o", "b.otio", "--task", "music"],
        ["generate", "a.otio", "-o", "b.otio", "--unknown"],
        ["generate", "a.otio", "-o", "b.otio", "--tak", "2"],
        ["inspect"],
        ["models"],
        ["models", "show", "nothing"],
        ["models", "pull", "vssflow"],
        ["models", "golden", "none.safetensors"],
        ["evaluate", "nothing-here"],
        ["train", "nothing-here.toml"],
    ],
    ids=" ".join,
)
def test_unusable_arguments_are_one_sentence_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    one_sentence(said.err)


def test_inspect_prints_what_is_there(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(reel)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "V1-001  shot 1" in said.out
    assert "ANNA: “Hello there.”" in said.out
    assert "[door slams]" in said.out


def test_inspect_json_is_one_document(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(reel), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    first = document["segments"][0]
    assert (first["id"], first["record_in"], first["record_out"]) == ("V1-001", "00:00:00:00", "00:00:01:00")
    assert (first["source_in_s"], first["source_out_s"], first["rate"]) == (1.0, 2.0, "25")
    assert [cue["kind"] for cue in first["cues"]] == ["speech", "sound"]


def test_generate_prints_files_that_exist(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = reel.with_name("new.otio")
    assert main(["generate", str(reel), "-o", str(out)], load_tones) == 0
    said = capsys.readouterr()
    paths = [Path(line) for line in said.out.splitlines()]
    assert paths[-1] == out
    assert [path.name[:2] for path in paths[:-1]] == ["DX", "FX", "BG", "DX", "FX", "BG"]
    assert all(path.is_file() for path in paths)
    assert "%" in said.err


def test_generate_json_is_one_document(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["generate", str(reel), "-o", str(reel.with_name("new.otio")), "--segment", "V1-002", "--json"]
    assert main([*arguments, "--takes", "2", "--seed", "4", "--task", "foley"], load_tones) == 0
    report = json.loads(capsys.readouterr().out)
    assert [(take["stem"], take["segment"], take["metadata"]["seed"]) for take in report["takes"]] == [
        ("FX", "V1-002", 4), ("FX", "V1-002", 5), ("BG", "V1-002", 4), ("BG", "V1-002", 5),
    ]  # fmt: skip
    assert report["failures"] == []
    assert report["seconds_of_sound"] == 4.0


@pytest.mark.parametrize(("width", "channels"), [("0", 1), ("0.25", 2)])
def test_generate_pans_as_it_is_told(reel: Path, width: str, channels: int, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(reel.with_name("new.otio"))
    wanted = ["--segment", "V1-002", "--task", "foley", "--background", "off", "--width", width, "--pan-law", "4.5dB"]
    assert main(["generate", str(reel), "-o", out, "--json", *wanted], load_tones) == 0
    (take,) = json.loads(capsys.readouterr().out)["takes"]
    said = {name: take["metadata"][name] for name in ("pan_law", "width", "channels")}
    assert said == {"pan_law": "4.5dB", "width": float(width), "channels": channels}


def test_paths_with_anything_in_them(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reel.parent / "ein Ordner # mit ünïcode % & 'quotes'"
    folder.mkdir()
    for name in ("film.mp4", "reel.otio"):
        (reel.parent / name).rename(folder / name)
    assert main(["generate", str(folder / "reel.otio"), "-o", str(folder / "neu.otio")], load_tones) == 0
    assert (folder / "neu.otio").is_file()


def test_ctrl_c_is_130(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    code = main(["generate", str(reel), "-o", str(reel.with_name("o.otio"))], interrupted)  # type: ignore[arg-type]
    assert code == 130
    assert "stopped" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CancelledError("reel", "was cancelled"), 1),
        (TalkiesError("a\nb", "is broken"), 2),
        (RuntimeError("several\nlines"), 2),
        (OSError(28, "No space left on device", "a.wav"), 2),
        (MemoryError(), 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_happens_the_user_meets_one_sentence(
    reel: Path, capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    def broken(*_: object) -> None:
        raise error

    assert main(["generate", str(reel), "-o", str(reel.with_name("o.otio"))], broken) == code  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert one_sentence(said.err)


def test_debug_shows_where(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("oops")

    arguments = ["--debug", "generate", str(reel), "-o", str(reel.with_name("o.otio"))]
    assert main(arguments, broken) == 2  # type: ignore[arg-type]
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_leaves_is_no_disaster(reel: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run([*TALKIES, "inspect", str(reel)], stdout=writing, stderr=subprocess.PIPE, timeout=300)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_results_that_do_not_fit_are_an_error(reel: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run([*TALKIES, "inspect", str(reel)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 2
    one_sentence(result.stderr)


def test_inspect_needs_nothing_heavy(reel: Path) -> None:
    code = (
        "import sys; from talkies.plugin.cli import main; main(['inspect', sys.argv[1]]); "
        "print([name for name in ('torch', 'cv2', 'scipy', 'matplotlib') if name in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code, str(reel)], capture_output=True, text=True, timeout=60)
    assert result.stderr.strip() == "[]"


def test_a_log_gets_lines_and_a_terminal_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    line = ProgressLine(log)
    for step in range(101):
        line.show(step / 100, "effects")
    assert log.getvalue().count("\n") == 11

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    clock = iter(range(10_000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setenv("COLUMNS", "60")
    terminal = Terminal()
    line = ProgressLine(terminal)
    for step in range(101):
        line.show(step / 100, "effects " * 50)
    line.clear()
    assert "\n" not in terminal.getvalue()
    widest = max(len(part) for part in terminal.getvalue().split("\r\x1b[K"))
    assert widest == 59  # in the last column a terminal would begin a new line


def test_doctor_gives_every_failure_a_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no editor is found there
    code = main(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    assert code == int(any(finding["needed"] and not finding["works"] for finding in findings))
    assert {"torch", "codecs", "espeak", "weights", "Blender", "DaVinci Resolve", "melt"} <= {
        f["name"] for f in findings
    }
    failures = {finding["name"]: finding["cure"] for finding in findings if not finding["works"]}
    assert "melt" in failures
    assert all(failures.values())


def test_golden_agrees_with_the_reference(shared_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "golden", str(shared_dir / "golden" / "vssflow_tiny.safetensors"), "--json"]) == 0
    differences = json.loads(capsys.readouterr().out)
    assert max(value for name, value in differences.items() if "velocity" in name) < 1e-4
    assert max(differences["output.sample_euler"], differences["output.sample_midpoint"]) < 1e-3


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [(["inspect", "gone.otio", "--json"], "TimelineError"), (["generate", "--json"], "ArgumentError")],
    ids=["input", "arguments"],
)
def test_json_also_says_what_went_wrong(arguments: list[str], kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert (error["kind"], error["exit_code"]) == (kind, 2)
    assert one_sentence(said.err) == f"talkies: {error['message']}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_terminated_run_keeps_its_finished_takes(reel: Path) -> None:
    script = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[1]); import engines; from talkies.plugin.cli import main\n"
        "class Terminated(engines.TonesEngine):\n"
        "    def generate(self, prepared, **options):\n"
        "        if prepared.task == 'foley': os.kill(os.getpid(), signal.SIGTERM)\n"
        "        yield from super().generate(prepared, **options)\n"
        "sys.exit(main(['generate', sys.argv[2], '-o', sys.argv[3]], lambda *_: Terminated()))"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parents[1]), str(reel), str(reel.with_name("out.otio"))]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 130, result.stderr
    assert result.stderr.splitlines()[-1] == "talkies: stopped; finished takes are kept"
    assert [path.name for path in reel.parent.glob("out.*")] == ["out.takes"]
    names = sorted(path.name for path in (reel.parent / "out.takes").iterdir())
    assert names == ["DX_V1-001_shot-1_ANNA_t01.made.json", "DX_V1-001_shot-1_ANNA_t01.wav"]
