"""A file is known by its sha256, as sha256sum has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkies.core.errors import WeightsError
from talkies.core.files.hashing import checked_hash, digest_of, file_hash

OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""Of FIPS 180-2, appendix B.1."""


def test_the_hash_is_sha256(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_hash(path) == checked_hash(path, WeightsError) == OF_ABC
    with path.open("rb") as file:
        assert digest_of(file) == OF_ABC


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        file_hash(tmp_path / "none")
    with pytest.raises(WeightsError, match="none: cannot be read"):
        checked_hash(tmp_path / "none", WeightsError)
