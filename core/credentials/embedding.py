"""Signing: a manifest becomes a part of a file, whose every other byte is in its signed hash.

A WAV file is signed in place: hashed as a stream, then its last chunk is written. The library's own way reads the
whole sound three times over into memory (1 GB for twenty minutes in stereo), so two functions of its C interface are
called that its Python interface does not offer [c2pa-python 0.38.1]. Movies are signed by the library.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import shutil
import struct
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from talkies.core.credentials.pem import Signer
from talkies.core.credentials.settings import library, settings
from talkies.core.credentials.waves import CHUNK, make_room
from talkies.core.errors import InputError, in_one_line

Manifest = Mapping[str, Any]

MOVIES = {".mov": "video/quicktime", ".mp4": "video/mp4", ".m4v": "video/mp4"}
WAVES = frozenset({".wav", ".wave", ".bwf"})
_RAW = b"application/c2pa"
_BLOCK = 1 << 20


def embed(path: Path, manifest: Manifest, signer: Signer) -> None:
    """Signs a file that nobody else reads yet, in place. Raises InputError for what cannot be signed, OSError,
    MissingExtraError."""
    suffix = path.name.removesuffix(".talkies.part").rpartition(".")[2].lower()
    if f".{suffix}" in WAVES:
        _embed_in_wave(path, manifest, signer)
    else:
        _embed_in_movie(path, manifest, signer, MOVIES[f".{suffix}"])


def trial(signer: Signer) -> str:
    """What speaks against a signer, in the library's words; "" where it can sign."""
    manifest = {"format": "audio/wav", "assertions": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.wav"
        path.write_bytes(b"RIFF" + struct.pack("<I", 38) + b"WAVE" + _FORMAT + b"data\x02\0\0\0\0\0")
        try:
            _embed_in_wave(path, manifest | {"assertions": [_CREATED]}, signer)
            with (
                library().Context.from_dict(settings(signer.authority)) as context,
                path.open("rb") as file,
                library().Reader("audio/wav", file, context=context) as reader,
            ):
                return "" if reader.get_validation_state() == "Trusted" else _why(json.loads(reader.json()))
        except InputError as error:
            return error.problem
        except library().C2paError as error:
            return in_one_line(error)


_FORMAT = b"fmt \x10\0\0\0" + struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16)
_EMPTY = "http://c2pa.org/digitalsourcetype/empty"
_CREATED = {
    "label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": _EMPTY}]}
}  # fmt: skip


def _why(report: Mapping[str, Any]) -> str:
    said = [str(each.get("explanation", each.get("code"))) for each in report.get("validation_status", ())]
    return said[0] if said else "its authority is not known"


@contextmanager
def _building(manifest: Manifest, signer: Signer) -> Iterator[tuple[Any, Any]]:
    """The library's builder and signer. Raises InputError for what it refuses."""
    c2pa = library()
    try:
        keys = c2pa.C2paSignerInfo(signer.algorithm.encode(), signer.chain.encode(), signer.key.encode(), None)
        with (
            c2pa.Context.from_dict(settings()) as context,
            c2pa.Signer.from_info(keys) as signing,
            c2pa.Builder(dict(manifest), context=context) as builder,
        ):
            yield builder, signing
    except c2pa.C2paError as error:
        raise InputError(
            "credential", f"cannot be made ({in_one_line(error)})", "see 'talkies credentials show'"
        ) from error


def _embed_in_movie(path: Path, manifest: Manifest, signer: Signer, kind: str) -> None:
    with _building(manifest, signer) as (builder, signing), tempfile.TemporaryFile(dir=path.parent) as signed:
        with path.open("rb") as source:
            builder.sign(signing, kind, source, signed)
        signed.seek(0)
        with path.open("wb") as target:
            shutil.copyfileobj(signed, target, _BLOCK)


def _embed_in_wave(path: Path, manifest: Manifest, signer: Signer) -> None:
    with _building(manifest, signer) as (builder, signing), path.open("r+b") as file:
        interface, built, signs = _interface(), builder._handle, signing._handle  # noqa: SLF001
        out = _Bytes()
        length = interface.c2pa_builder_data_hashed_placeholder(built, signing.reserve_size(), _RAW, ctypes.byref(out))
        _taken(interface, out, length)
        place = make_room(file, length, path)
        bound = json.dumps(_binding(file, place, length)).encode()
        out = _Bytes()
        made = interface.c2pa_builder_sign_data_hashed_embeddable(built, signs, bound, _RAW, None, ctypes.byref(out))
        content = _taken(interface, out, made)
        if len(content) != length:
            raise InputError(path, "got another credential than it has room for", "please report this as a bug")
        file.seek(place)
        file.write(CHUNK + struct.pack("<I", length) + content + bytes(length % 2))


def _binding(file: BinaryIO, place: int, length: int) -> dict[str, Any]:
    """The hash of all but the chunk at ``place``."""
    file.seek(0)
    hashed, left = hashlib.sha256(), place
    while block := file.read(min(_BLOCK, left)):
        hashed.update(block)
        left -= len(block)
    hashed.update(bytes(length % 2))  # the byte that fills the chunk up is none of it
    excluded = [{"start": place, "length": 8 + length}]
    return {"exclusions": excluded, "name": "jumbf manifest", "alg": "sha256", "hash": list(hashed.digest()), "pad": []}


_Bytes = ctypes.POINTER(ctypes.c_ubyte)


def _interface() -> Any:
    """The library's C interface. Raises InputError for a version that has not got these functions."""
    try:
        interface = library().c2pa._lib  # noqa: SLF001
        placeholder, sign = (
            interface.c2pa_builder_data_hashed_placeholder, interface.c2pa_builder_sign_data_hashed_embeddable
        )  # fmt: skip
    except AttributeError as error:
        raise InputError("c2pa-python", "is another version than 0.38", "pip install 'talkies[credentials]'") from error
    given = ctypes.POINTER(_Bytes)
    placeholder.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, given]
    sign.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, given]
    placeholder.restype = sign.restype = ctypes.c_int64
    return interface


def _taken(interface: Any, out: Any, count: int) -> bytes:
    """What the interface gave, copied and freed. Raises InputError for what is an error."""
    if count < 0 or not out:
        raise InputError("credential", f"cannot be signed ({_last_error(interface)})", "see 'talkies credentials show'")
    content = ctypes.string_at(out, count)
    interface.c2pa_free(out)
    return content


def _last_error(interface: Any) -> str:
    said = library().c2pa._convert_to_py_string(interface.c2pa_error())  # noqa: SLF001
    return in_one_line(said or "it says not why")
