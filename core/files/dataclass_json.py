"""Frozen dataclasses as JSON and back, exactly: Fractions and ranges as text, anything unexpected refused.

as_json(TimeRange(Fraction(0), Fraction(1001, 24000)))   →  {"start": "0", "end": "1001/24000"}
from_json(TimeRange, {"start": "0", "end": "1001/24000"})  →  the same again
"""

from __future__ import annotations

import contextlib
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


def as_json(value: Any) -> Any:
    """Plain values: dicts, lists, text, numbers, None."""
    if is_dataclass(value):
        return {each.name: as_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(inner) for inner in value]
    if isinstance(value, (Fraction, Path)):
        return str(value)
    return value


def from_json(kind: type[Kind], value: Any) -> Kind:
    """The value of a type that :func:`as_json` made ``value`` from; fields with a default may be missing, others may
    be too many. Raises ValueError for anything else."""
    restored: Kind = _restored(kind, value)
    return restored


def _restored(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if origin in (types.UnionType, Union):
        return None if value is None and type(None) in inner else _first_of(inner, value)
    if origin is Literal:
        if value in inner:
            return value
    elif origin is tuple and isinstance(value, list):
        return tuple(_restored(inner[0], each) for each in value)
    elif origin in (Mapping, dict) and isinstance(value, dict):
        return {_key(inner[0], key): _restored(inner[1], each) for key, each in value.items()}
    elif kind in (Fraction, Path) and isinstance(value, str):
        return _exact(value) if kind is Fraction else Path(value)
    elif kind is float and type(value) in (int, float) and abs(value) <= sys.float_info.max:
        return float(value)
    elif kind in (str, bool, int) and type(value) is kind:
        return value
    raise ValueError(f"{value!r} is not of type {getattr(kind, '__name__', kind)}")


def _first_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """As the first of several types that fits."""
    *others, last = (kind for kind in kinds if kind is not type(None))
    for kind in others:
        with contextlib.suppress(ValueError):
            return _restored(kind, value)
    return _restored(last, value)


def _dataclass(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is not of type {kind.__name__}")
    hints = _hints(kind)
    known = {each.name: value[each.name] for each in fields(kind) if each.name in value}
    try:
        return kind(**{name: _restored(hints[name], each) for name, each in known.items()})
    except TypeError as error:
        raise ValueError(f"{kind.__name__} lacks a field: {error}") from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _key(kind: Any, key: str) -> Any:
    return int(key) if kind is int else key


_EXACT = re.compile(r"-?\d{1,100}(?:/0*[1-9]\d{0,99})?")


def _exact(text: str) -> Fraction:
    """As ``str`` writes a Fraction: no exponents, which would fill the memory."""
    if not _EXACT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not an exact number")
    return Fraction(text)
