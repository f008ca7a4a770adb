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
def copied(archive: Path, tmp_path: Path) -> Path:
    """The archive somewhere else, with a finished batch of its own."""
    shutil.copytree(archive, tmp_path / "in", copy_function=shutil.copy2)
    run(order([tmp_path / "in"], tmp_path / "out"))
    return tmp_path
