"""A folder with Kokoro's files, whoever made them: the model, its vocabulary, its voices' styles, and a hash of all.

Whatever is wrong in it is an InputError of one sentence; nothing of it is trusted, neither its sizes nor its numbers.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from math import prod
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.errors import InputError, in_one_line
from talkies.core.files.hashing import checked_hash, hash_of_lines
from talkies.core.files.regular import read_regular

STYLE_DIM = 256
NAME = re.compile(r"[a-z][fm]_\w+")
CURE = "docs/engines.md has what lies in it"

_STYLE_BYTES = 4 * STYLE_DIM
_MOST_STYLES_BYTES = 1 << 24
"""Of one voice, which has half a MB."""
_MOST_VOICES_BYTES = 1 << 29
_MOST_VOCABULARY_BYTES = 1 << 22
_TOKENS = range(1 << 16)


def model_file(folder: Path) -> Path:
    """Raises InputError where there is none, or more than one."""
    if (folder / "model.onnx").is_file():
        return folder / "model.onnx"
    models = sorted(filter(Path.is_file, folder.glob("*.onnx")))
    if len(models) != 1:
        problem = f"holds {len(models)} models" if models else "holds no Kokoro: there is no model.onnx"
        raise InputError(folder, problem, CURE)
    return models[0]


def read_vocabulary(folder: Path) -> dict[str, int]:
    """Letter → token. Raises InputError."""
    path = _vocabulary_file(folder)
    try:
        stored = json.loads(read_regular(path, _MOST_VOCABULARY_BYTES, InputError, "vocabulary"))
    except (ValueError, RecursionError) as error:
        raise InputError(path, f"is no vocabulary ({in_one_line(error)})", "copy it again") from error
    found = stored.get("vocab", stored) if isinstance(stored, dict) else None
    if not isinstance(found, dict) or not all(type(token) is int and token in _TOKENS for token in found.values()):
        raise InputError(path, "is no vocabulary of letters and their numbers", "copy it again")
    return found


def style_files(folder: Path) -> Mapping[str, Path]:
    """Where the styles of each voice lie, by the voice's name. Raises InputError where there are none, or where their
    size says that they are none."""
    found = {path.stem: path for path in sorted(folder.glob("voices/*.bin")) if NAME.fullmatch(path.stem)}
    for path in found.values():
        size = path.stat().st_size if path.is_file() else 0
        if size % _STYLE_BYTES or not 0 < size <= _MOST_STYLES_BYTES:
            problem = f"holds no style of the model's (it is no multiple of {_STYLE_BYTES} bytes, or too large)"
            raise InputError(path, problem, "copy it again")
    if not found:
        together = sorted(filter(Path.is_file, folder.glob("*.bin")))
        found = {name: path for path in together for name in _names_in(path)}
    if not found:
        raise InputError(folder, "holds no voices of Kokoro's", CURE)
    return found


def read_styles(folder: Path, name: str) -> Floats32:
    """(L, 1, 256): a style of a voice for each number of tokens. Raises InputError."""
    path = style_files(folder).get(name)
    if path is None:
        raise InputError(folder, f"holds no voice {name}", "'voices/NAME.bin' are its voices")
    try:
        alone = path.parent.name == "voices"
        data = read_regular(path, _MOST_STYLES_BYTES, InputError, "style") if alone else b""
        numbers = np.frombuffer(data, "<f4") if alone else _one_of(path, name)
        styles = numbers.astype(np.float32).reshape(-1, 1, STYLE_DIM)
        if not len(styles) or not np.isfinite(styles).all():
            raise ValueError("it has none, or numbers that are none")
    except InputError:
        raise
    except Exception as error:  # zipfile and numpy have a dozen for a file that lies
        raise InputError(path, f"holds no style of the model's ({in_one_line(error)})", "copy it again") from error
    return styles


def hash_of(folder: Path) -> str:
    """sha256 of model, vocabulary and styles: what makes the same sound has the same. Raises InputError."""
    model, styles = model_file(folder), set(style_files(folder).values())
    beside = sorted(filter(Path.is_file, folder.glob("*.onnx?data")))  # weights that the model itself has not
    files = {"": [model, *beside, _vocabulary_file(folder)], "voice ": sorted(styles)}
    named = [(kind and kind + path.name, path) for kind, paths in files.items() for path in paths]
    return hash_of_lines(f"{name} {checked_hash(path, InputError)}" for name, path in named)


def _vocabulary_file(folder: Path) -> Path:
    path = next((path for name in ("vocab.json", "config.json") if (path := folder / name).is_file()), None)
    if path is None:
        raise InputError(folder, "holds no Kokoro: there is no vocab.json", CURE)
    return path


def _names_in(path: Path) -> tuple[str, ...]:
    """Of the voices in one npz. Raises InputError."""
    try:
        if path.stat().st_size > _MOST_VOICES_BYTES:
            raise ValueError("it is too large")
        with ZipFile(path) as found:
            sizes = {entry.filename.removesuffix(".npy"): entry.file_size for entry in found.infolist()}
            sizes = {name: size for name, size in sizes.items() if NAME.fullmatch(name)}
    except Exception as error:  # as above
        raise InputError(path, f"holds no voices ({in_one_line(error)})", "copy it again") from error
    wrong = [name for name, size in sizes.items() if not _STYLE_BYTES < size <= _MOST_STYLES_BYTES]
    if wrong:
        raise InputError(path, f"holds {wrong[0][:40]!r}, which is no style of the model's", "copy it again")
    return tuple(sizes)


def _one_of(path: Path, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.floating]]:
    """(N,) of an npz, which is made of what is there, not of what its header claims. Raises many errors."""
    with ZipFile(path) as found:
        data = found.read(f"{name}.npy")  # no more than its size, which was looked at
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, is_by_columns, kind = read(stream)
    numbers = data[stream.tell() :]
    if kind.kind != "f" or is_by_columns or prod(shape) * kind.itemsize != len(numbers):
        raise ValueError("it has not the numbers that it claims")
    return np.frombuffer(numbers, kind)
