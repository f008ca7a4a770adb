"""What runs inside Resolve runs in the Python that is there: the standard library, and syntax of version 3.8."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import talkies.plugin.resolve

FOLDER = Path(talkies.plugin.resolve.__file__).parent
FILES = [*sorted((FOLDER / "inside").glob("*.py")), FOLDER / "scripts" / "Talkies.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_needs_nothing_that_may_not_be_there(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    absolute = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [alias.name for node in absolute for alias in node.names]
    names += [str(node.module) for node in relative if node.level == 0]
    assert {name.partition(".")[0] for name in names} <= {*sys.stdlib_module_names, "__future__"}
    siblings = {file.stem for file in FILES}
    local = [node for node in relative if node.level]
    named = [[node.module] if node.module else [alias.name for alias in node.names] for node in local]
    assert {name for each in named for name in each} <= siblings
