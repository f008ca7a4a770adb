"""``import talkies``: what it offers, what it loads, and the examples in docs/python.md, run as they stand."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import opentimelineio as otio
import pytest
from films import write_movie, write_reel

import talkies

OFFERED = {
    *("read_timeline", "render", "Request", "load_engine", "Engine", "__version__"),
    *("Event", "Progress", "Warned", "Failed", "TakeReady", "Finished"),
    *("Timeline", "Segment", "Cue", "Take"),
    *("TalkiesError", "InputError", "OutputError", "CancelledError"),
}


def examples(page: Path) -> list[str]:
    """The Python blocks of a page, in order."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_examples_of_the_page_run_as_they_stand(tmp_path: Path, project_dir: Path) -> None:
    write_movie(tmp_path / "film.mp4", 2)
    for name in ("reel.otio", "second.otio"):
        write_reel(tmp_path / name, ["film.mp4"], cues=[(2, 10, "[door slams]")])
    blocks = examples(project_dir / "docs" / "python.md")
    assert len(blocks) == 2

    script = "\n".join(blocks)
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=600
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "V1-001 shot 1 00:00:00:00 1 cues"
    take = Path("reel.talkies.takes")
    assert [line.split()[:2] for line in lines if str(take) in line] == [["V1-001", "FX"], ["V1-001", "BG"]]
    for name in ("reel.talkies.otio", "second.talkies.otio"):
        tracks = otio.adapters.read_from_file(str(tmp_path / name)).audio_tracks()
        assert [track.name.split()[0] for track in tracks] == ["FX", "BG"]


def test_what_is_offered_is_there_and_nothing_else(project_dir: Path) -> None:
    assert set(talkies.__all__) == OFFERED
    assert set(talkies.__all__) <= set(dir(talkies))
    assert all(getattr(talkies, name) is not None for name in talkies.__all__)
    page = (project_dir / "docs" / "python.md").read_text(encoding="utf-8")
    assert [name for name in sorted(OFFERED) if not re.search(rf"`{name}\b", page)] == []


def test_type_checkers_see_the_same_names(project_dir: Path) -> None:
    tree = ast.parse((project_dir / "plugin" / "api" / "__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {alias.name for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert imported | {"__version__"} == OFFERED


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'talkies' has no attribute 'nothing'"):
        _ = talkies.nothing


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import talkies", ("torch", "PySide6", "cv2", "av", "numpy", "opentimelineio", "talkies.core")),
        ("from talkies import *", ("torch", "torchaudio", "PySide6", "cv2", "av", "scipy", "matplotlib")),
    ],
)
def test_importing_loads_nothing_heavy(statement: str, heavy: tuple[str, ...]) -> None:
    code = f"import sys\n{statement}\nprint(*[name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []


def test_the_version_is_that_of_the_package() -> None:
    assert talkies.__version__ == version("talkies")
