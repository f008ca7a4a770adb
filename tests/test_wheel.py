"""The wheel that people get: complete, and working in a clean environment far from the checkout."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # builds and installs

ROOTS = ("core", "ui", "plugin", "resources")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, project_dir: Path) -> Path:
    source = tmp_path_factory.mktemp("source")
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "*.part")
    for root in ROOTS:
        shutil.copytree(project_dir / root, source / root, ignore=ignore)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(project_dir / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(source / "dist")]
    result = subprocess.run([*command, str(source)], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return next((source / "dist").glob("talkies-*.whl"))


def test_the_wheel_holds_every_module_and_resource(wheel: Path, project_dir: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", *ROOTS], cwd=project_dir, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert tracked
    assert [name for name in tracked if f"talkies/{name.removeprefix('plugin/api/')}" not in names] == []
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


def test_the_wheel_installs_nothing_outside_its_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"talkies"}


def test_inspect_runs_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True, timeout=120)
    python = environment / "bin" / "python"
    purelib = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()
    )  # fmt: skip
    install = ["-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run([sys.executable, *install], check=True, timeout=120)
    # the dependencies come from the tests' environment: as a plain path, so that its own editable talkies,
    # which hangs on a .pth file there, is not seen
    (purelib / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    where = subprocess.run(
        [python, "-c", "import talkies.core.times as m; print(m.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(environment)
    offered = "import talkies; print(talkies.__file__, talkies.Request.__name__, talkies.read_timeline.__name__)"
    api = subprocess.run([python, "-c", offered], cwd=tmp_path, capture_output=True, text=True, check=True)
    file, *names = api.stdout.split()
    assert Path(file).is_relative_to(environment)
    assert names == ["Request", "read_timeline"]

    timeline = tmp_path / "reel 1.otio"
    _write_timeline(timeline)
    result = subprocess.run(
        [environment / "bin" / "talkies", "inspect", str(timeline), "--json"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["segments"]) == 1

    (tmp_path / "words.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    result = subprocess.run(
        [python, "-m", "opentimelineio.console.otioconvert", "-i", "words.srt", "-o", "words.otio"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr  # OpenTimelineIO has found the plugin through its entry point
    assert '"name": "Hello"' in (tmp_path / "words.otio").read_text(encoding="utf-8")


def _write_timeline(path: Path) -> None:
    import opentimelineio as otio

    clip = otio.schema.Clip(
        name="shot",
        media_reference=otio.schema.ExternalReference(target_url="missing.mov"),
        source_range=otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(50, 25)),
    )
    timeline = otio.schema.Timeline("reel")
    timeline.tracks.append(otio.schema.Track("V1", kind="Video", children=[clip]))
    otio.adapters.write_to_file(timeline, str(path))
