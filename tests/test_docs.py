"""The pages: their links lead somewhere, the paths they name exist, and the index of decisions says what these say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)?(#[^)\s]+)?\)")
PATH = re.compile(r"`((?:core|plugin|ui|tests|resources|docs|\.ci)/[\w./-]+)`")
ROW = re.compile(r"^\| \[(\d{4})\]\((\S+)\) \| (.+) \| (\d{4}-\d\d-\d\d) \| (.+) \|$", re.MULTILINE)


REMOVABLE = (".ci/constraints.txt",)
"""Without it the newest versions are installed, and tests must still pass."""


def pages(root: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in listed.splitlines()]


def anchors(page: Path) -> set[str]:
    """What headings of a page are called in an address, as GitHub does it."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_lead_somewhere(project_dir: Path) -> None:
    dead = []
    for page in pages(project_dir):
        for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
            there = (page.parent / target).resolve() if target else page
            removed = str(there.relative_to(project_dir.resolve())) in REMOVABLE
            if not (there.exists() or removed) or (anchor and anchor[1:] not in anchors(there)):
                dead.append(f"{page.relative_to(project_dir)}: {target}{anchor}")
    assert not dead


def test_paths_that_are_named_exist(project_dir: Path) -> None:
    """Decisions and the changelog may name what they did away with."""
    gone = [
        f"{page.relative_to(project_dir)}: {name}"
        for page in pages(project_dir)
        for name in PATH.findall(page.read_text(encoding="utf-8"))
        if page.parent.name != "decisions"
        and page.name != "CHANGELOG.md"
        and name not in REMOVABLE
        and not (project_dir / name).exists()
    ]
    assert not gone


def test_the_index_of_decisions_says_what_they_say(project_dir: Path) -> None:
    folder = project_dir / "docs" / "decisions"
    said = {}
    for page in sorted(folder.glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        lines = [re.search(rf"^\*\*{word}\.\*\* (.+)$", text, re.MULTILINE) for word in ("Date", "Status")]
        assert all(lines), f"{page.name} has no date or no status"
        said[page.name] = (page.name[:4], *(line[1] for line in lines if line))
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert {name: (number, date, status) for number, name, _, date, status in ROW.findall(index)} == said


@pytest.mark.parametrize("number", ["0004"])
def test_what_is_superseded_names_what_supersedes_it(project_dir: Path, number: str) -> None:
    (page,) = (project_dir / "docs" / "decisions").glob(f"{number}-*.md")
    newer = re.search(r"superseded by \[(\d{4})\]\((\S+)\)", page.read_text(encoding="utf-8"))
    assert newer
    assert f"supersedes [{number}]({page.name})" in (page.parent / newer[2]).read_text(encoding="utf-8")
