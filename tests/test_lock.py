"""What the make targets install is pinned, and the pins are those of pyproject.toml."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("credentials", "mcp", "panel", "evaluation", "judges", "soundfont", "voices", "train", "ray", "dev")
"""Of pyproject.toml; vssflow is installed by no target, for its packages are as large as the user's own choice."""
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
MAC = {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"}
WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
PLACES = [
    {**system, "python_version": python, "python_full_version": f"{python}.1"}
    for system in (LINUX, MAC, WINDOWS)
    for python in ("3.11", "3.12", "3.13")
]


@pytest.fixture(scope="module")
def pins(project_dir: Path) -> list[Requirement]:
    lock = project_dir / ".ci" / "constraints.txt"
    if not lock.is_file():
        pytest.skip("the lock was taken away, to try the newest versions")
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]


def wanted(project_dir: Path) -> list[Requirement]:
    """What pyproject.toml asks for, its own extras left out (they are all here)."""
    project = tomllib.loads((project_dir / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    texts = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    texts += [text for extra in EXTRAS for text in extras[extra]]
    return [requirement for text in texts if (requirement := Requirement(text)).name != "talkies"]


def pin_for(name: str, place: dict[str, str], pins: list[Requirement]) -> str | None:
    """The version that is pinned for a package in a place, None where none is."""
    found = [
        pin
        for pin in pins
        if canonicalize_name(pin.name) == canonicalize_name(name) and (pin.marker is None or pin.marker.evaluate(place))
    ]
    assert len(found) <= 1, f"{name} is pinned twice for {place}"
    return str(found[0].specifier).removeprefix("==") if found else None


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['sys_platform']}-{place['python_version']}")
def test_every_requirement_has_one_pin_that_it_allows(
    place: dict[str, str], project_dir: Path, pins: list[Requirement]
) -> None:
    for requirement in wanted(project_dir):
        if requirement.marker is not None and not requirement.marker.evaluate(place):
            continue
        version = pin_for(requirement.name, place, pins)
        assert version is not None, f"{requirement} is not in the lock: run 'make lock'"
        assert requirement.specifier.contains(version), f"{requirement} does not allow {version}: run 'make lock'"


def test_the_lock_holds_exact_versions_and_no_address(project_dir: Path, pins: list[Requirement]) -> None:
    assert pins
    for pin in pins:
        assert re.fullmatch(r"==[0-9][0-9a-z.+!]*", str(pin.specifier)), pin
        assert pin.url is None
    assert "://" not in (project_dir / ".ci" / "constraints.txt").read_text(encoding="utf-8")


def test_the_lock_was_made_from_what_pyproject_asks_for_today(project_dir: Path, pins: list[Requirement]) -> None:
    asked: set[str] = set()
    name = ""
    for line in (project_dir / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith((" ", "#")):
            name = canonicalize_name(line.partition("==")[0])
        elif "talkies (pyproject.toml" in line:
            asked.add(name)
    assert asked == {canonicalize_name(requirement.name) for requirement in wanted(project_dir)}


def test_this_environment_is_the_pinned_one(pins: list[Requirement]) -> None:
    """``.ci/run`` makes it anew, so that a green run rests on the lock."""
    stamp = Path(sys.prefix) / "torch"
    if not stamp.is_file() or not stamp.read_text(encoding="utf-8").strip():
        pytest.skip("this environment was not made by make with the lock")
    here = {canonicalize_name(each.name): each.version for each in metadata.distributions()}
    pinned = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }
    different = {
        name: (version, pinned[name])
        for name, version in here.items()
        if name in pinned and version.partition("+")[0] != pinned[name]
    }
    assert different == {}
    assert {name for name in here if name not in pinned} <= {"talkies", "pip"}
