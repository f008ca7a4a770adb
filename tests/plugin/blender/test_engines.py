"""The sidebar's list of engines, without Blender: it is that of the program that is named now, as it is now."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from talkies.plugin.blender.extension import engines

PATIENCE_S = 30.0
PROGRAM = """#!{python}
import pathlib
print(pathlib.Path(__file__).with_suffix(".json").read_text())
"""


@pytest.fixture(autouse=True)
def nobody_was_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("TALKIES", raising=False)
    engines.forget()
    yield
    engines.forget()


def program(path: Path, *names: str) -> str:
    """A program that answers with engines of these names."""
    rows = [{"name": name, "tasks": ["foley"], "licence": "MIT", "chosen_by": "--engine"} for name in names]
    path.with_suffix(".json").write_text(json.dumps({"id": 1, "result": rows}), encoding="utf-8")
    path.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def offered(preference: str, *awaited: str) -> list[str]:
    """What the field offers once it is what is awaited; at the end of patience whatever there is."""
    until = time.monotonic() + PATIENCE_S
    while (names := [name for name, _ in engines.search("", preference)]) != list(awaited):
        if time.monotonic() > until:
            break
        time.sleep(0.01)
    return names


def test_another_program_is_asked_at_once(tmp_path: Path) -> None:
    first, second = program(tmp_path / "first", "mini"), program(tmp_path / "second", "other")
    assert offered(first, "mini") == ["mini"]
    assert engines.search("", second) == [("", "asking talkies; type again")]
    assert offered(second, "other") == ["other"]
    nowhere = str(tmp_path / "nowhere")
    assert nowhere in engines.search("", nowhere)[0][1]


def test_an_engine_that_is_added_is_there_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talkies = program(tmp_path / "talkies", "mini")
    assert offered(talkies, "mini") == ["mini"]
    program(tmp_path / "talkies", "mini", "added")
    assert [name for name, _ in engines.search("", talkies)] == ["mini"]
    monkeypatch.setattr(engines, "FRESH_S", 0.0)
    assert [name for name, _ in engines.search("", talkies)] == ["mini"], "the old list until there is another"
    assert offered(talkies, "mini", "added") == ["mini", "added"]
