"""What runs inside Resolve runs in the Python that is there: the standard library, and syntax of version 3.8."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any, cast

import pytest

import talkies.plugin.resolve
from talkies.core.hosts.conversation import Conversation, Garbage
from talkies.plugin.resolve.inside import session

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


@pytest.mark.parametrize("line", ["no json", '{"id": 1', "[1, 2]", "7", "[" * 200_000, '{"id": 5, "method": "sing"}'])
def test_a_line_is_a_request_where_core_hears_a_message(line: str) -> None:
    """The island reads its lines itself; what core calls garbage is refused here, and has no number to answer to."""
    (event,) = Conversation().receive(line.encode() + b"\n")
    answer = session.answer(cast(Any, None), line)
    assert "error" in answer
    assert (answer["id"] is None) == isinstance(event, Garbage)
