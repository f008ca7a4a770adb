"""Files that were made to cost time or memory are refused or passed over, whatever they say of themselves."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from films import write_movie
from signed import needs_c2pa, noise, sign

from talkies.core.credentials.authority import trusted
from talkies.core.credentials.reading import Credential, CredentialReader
from talkies.core.errors import InputError, MediaError

pytestmark = needs_c2pa

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + b"manifest\0" + bytes(8)
GIBIBYTE = 1 << 30


def read(path: Path) -> Credential:
    with CredentialReader(trusted()) as reader:
        return reader.read(path)


def box(kind: bytes, content: bytes, size: int = 0) -> bytes:
    return struct.pack(">I4s", size or len(content) + 8, kind) + content


def movie(path: Path, *more: bytes, holes: int = 0) -> Path:
    """``holes``: bytes of nothing at its end."""
    write_movie(path, 1)
    with path.open("ab") as file:
        file.write(b"".join(more))
        file.truncate(file.tell() + holes)
    return path


@pytest.mark.parametrize("size", [GIBIBYTE, 0], ids=["stated", "to the end"])
def test_a_movies_credential_beyond_all_measure_is_not_read(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind more boxes than a movie has, of a length that is stated or of all that follows."""
    large = movie(tmp_path / "a.mp4", box(b"free", b"") * 300, box(b"uuid", C2PA, size), holes=GIBIBYTE - 8 - len(C2PA))
    if not size:
        data = bytearray(box(b"uuid", C2PA))
        data[:4] = bytes(4)
        large = movie(tmp_path / "b.mp4", bytes(data), holes=GIBIBYTE)
    with CredentialReader(trusted()) as reader:
        monkeypatch.setattr(reader._library, "Reader", lambda *_, **__: pytest.fail("it is read whole"))  # noqa: SLF001
        assert reader.read(large).problem == "its credential is too large to be one"


def test_a_wav_files_credential_behind_many_chunks_is_not_read(tmp_path: Path) -> None:
    path = noise(tmp_path / "take.wav")
    data = path.read_bytes() + struct.pack("<4sI", b"junk", 0) * 300 + struct.pack("<4sI", b"C2PA", GIBIBYTE)
    with path.open("wb") as file:
        file.write(data[:4] + struct.pack("<I", len(data) + GIBIBYTE - 8) + data[8:])
        file.truncate(len(data) + GIBIBYTE)
    assert read(path).problem == "its credential is too large to be one"


@pytest.mark.parametrize("outside", [b"", b"moov"], ids=["side by side", "in another"])
def test_a_signed_movie_of_crumbs_is_refused(outside: bytes, tmp_path: Path) -> None:
    """The library takes minutes for them."""
    path = sign(movie(tmp_path / "film.mp4"))
    crumbs = box(b"free", b"") * 20_000
    with path.open("ab") as file:
        file.write(box(outside, crumbs) if outside else crumbs)
    with pytest.raises(MediaError, match="too many parts to be checked"):
        read(path)


def test_a_movie_of_many_fragments_without_a_credential_has_none(tmp_path: Path) -> None:
    assert read(movie(tmp_path / "film.mp4", box(b"free", b"") * 20_000)).status == "absent"


def test_certificates_that_the_library_does_not_take_are_one_sentence() -> None:
    wrong = "-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n"
    with pytest.raises(InputError, match="trusted certificates: cannot be used"):
        CredentialReader(wrong)
