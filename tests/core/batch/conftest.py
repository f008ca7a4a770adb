"""A small archive and its finished batch, for the tests of batches."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from batches import order, run, write_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("archive") / "in")


@pytest.fixture(scope="module")
def made(archive: Path) -> Path:
    """A finished batch, to be looked at and copied."""
    out = archive.parent / "out"
    run(order([archive], out))
    return out


@pytest.fixture
def copied(archive: Path, made: Path, tmp_path: Path) -> Path:
    """The archive with its batch, somewhere else, with other times."""
    for folder in (archive, made):
        shutil.copytree(folder, tmp_path / folder.name, copy_function=shutil.copy2)
    return tmp_path
