"""Imports point one way (plugin -> ui -> core), and starting talkies loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FORBIDDEN = {
    "core": ("talkies.ui", "talkies.plugin", "PySide6", "bpy", "DaVinciResolveScript"),
    "ui": ("talkies.plugin", "bpy", "DaVinciResolveScript"),
    "plugin": (),
}
HEAVY = ("torch", "torchaudio", "cv2", "matplotlib", "scipy", "PySide6", "av")
TORCH_ROOMS = ("conditioning", "flow", "model", "engines", "training", "evaluation")
LIGHT_MODULES = (
    "talkies",
    "talkies.plugin.cli",
    "talkies.plugin.commands.worker",
    "talkies.plugin.doctor",
    "talkies.core.generation.render",
    "talkies.core.batch.running",
    "talkies.core.takes.saving",
    "talkies.core.timeline",
    "talkies.core.media",
)


def python_files(root: Path, folder: str) -> list[Path]:
    return sorted((root / folder).rglob("*.py"))


def imported(tree: ast.AST, file: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Every module that is imported anywhere in a file, relative imports resolved, with the line."""
    package = ["talkies", *file.relative_to(root).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_point_one_way(project_dir: Path, folder: str) -> None:
    wrong = [
        f"{file.relative_to(project_dir)}:{line} imports {name}"
        for file in python_files(project_dir, folder)
        for line, name in imported(ast.parse(file.read_text(encoding="utf-8")), file, project_dir)
        if any(within(name, package) for package in FORBIDDEN[folder])
    ]
    assert not wrong


def test_the_direction_test_sees_every_form_of_import(project_dir: Path) -> None:
    source = "import talkies.ui.panel\ndef f():\n    from ..ui import panel\nfrom talkies import plugin\n"
    names = {name for _, name in imported(ast.parse(source), project_dir / "core" / "x.py", project_dir)}
    assert {"talkies.ui.panel", "talkies.ui", "talkies.plugin"} <= names


def test_torch_stays_in_its_rooms(project_dir: Path) -> None:
    wrong = []
    for folder in FORBIDDEN:
        for file in python_files(project_dir, folder):
            parts = file.relative_to(project_dir).parts
            if parts[0] == "core" and parts[1] in TORCH_ROOMS:
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            top = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
            wrong += [f"{file}: {name}" for _, name in imported(top, file, project_dir) if within(name, "torch")]
    assert not wrong


def test_the_panel_opens_without_torch() -> None:
    """The model lives in the worker's process: the panel's has none of it."""
    heavy = ("torch", "torchaudio", "scipy", "matplotlib")
    code = f"import sys, talkies.ui.app; print(*[name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_start_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []


def test_loading_the_model_loads_no_compiler() -> None:
    """Its outline is held against the weights without memory, for which torch would load its compiler: two seconds."""
    heavy = ("torch._dynamo", "torch.fx.experimental.symbolic_shapes", "sympy")
    code = (
        "import sys\nfrom talkies.core.engines.base import load_engine\nload_engine('mini')\n"
        "from talkies.core.model.config import MINI\nfrom talkies.core.model.vssflow import VSSFlow\n"
        "from talkies.core.model.weights import outline\noutline(lambda: VSSFlow(MINI), 'x')\n"
        f"print(*[name for name in {heavy!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []
