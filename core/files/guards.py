"""Guards ahead of parsers and around readers: hostile JSON, XML and figures are refused in a sentence."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from talkies.core.errors import InputError, TalkiesError, TimelineError
from talkies.core.files.regular import read_regular

MOST_BYTES = 500_000_000
MAX_NESTING = 100
_MOST_LEVELS = 400  # of XML elements: some for each of so many nested sequences
_MARKS = (
    *((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
    *((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")),  # XML without a mark
)
_UTF16_STATED = re.compile(r"""^(\s*<\?xml[^>]{0,80}encoding=["'])UTF-16\w{0,2}""", re.IGNORECASE)
_INFINITY = re.compile(rb"(?<=[:\[,\s])(-?)Inf(?=\s*[,\]}])")  # as OTIO writes it; Python's reader wants the whole word


_SEVERAL = frozenset(("children", "effects", "markers", "media_references"))
_OBJECTS = _SEVERAL | {
    *("tracks", "media_reference", "source_range", "available_range", "global_start_time", "marked_range", "range"),
    *("start_time", "duration", "in_offset", "out_offset", "available_image_bounds"),
}
"""Fields of OTIO's schemas that hold objects or nothing."""
_SCHEMAS = frozenset(
    (
        *("Timeline", "Stack", "Track", "Sequence", "Clip", "Gap", "Filler", "Transition", "Marker", "TimeRange"),
        *("Effect", "TimeEffect", "LinearTimeWarp", "FreezeFrame", "SerializableCollection", "SerializeableCollection"),
        *("ExternalReference", "MissingReference", "GeneratorReference", "ImageSequenceReference"),
    )
)


class _DamagedError(ValueError):
    """An object of a document that OTIO's parser does not survive."""


@contextmanager
def document_guard(
    path: Path,
    problem: str = "cannot be read as a timeline",
    cure: str = "export it again, best as .otio",
    error_class: type[TalkiesError] = TimelineError,
) -> Iterator[None]:
    """Whatever a document makes of the arithmetic, the libraries and the stack of those who work on it, as one sentence
    about ``path``: a division by zero, a number beyond all bounds, a value of the wrong kind, nesting without end."""
    try:
        yield
    except TalkiesError:
        raise
    except RecursionError as error:
        raise error_class(path, "nests sequences in a circle or too deep", cure) from error
    except OSError as error:
        raise error_class(path, f"{problem} ({(error.strerror or first_line(error)).lower()})", cure) from error
    except Exception as error:
        raise error_class(path, f"{problem} ({first_line(error)})", cure) from error


def first_line(error: BaseException) -> str:
    """The first line of an error's message, short enough for a sentence."""
    text = str(error).strip()
    if isinstance(error, AttributeError | TypeError):  # what Python says of it helps nobody who has the file
        text = "something in it is missing, or is of another kind than it should be"
    if not text or isinstance(error, LookupError | ArithmeticError):
        text = f"{type(error).__name__} {text}".strip()
    return text.splitlines()[0].strip().rstrip(".:;")[:140]


def read_text(path: Path, what: str = "timeline") -> bytes:
    """The bytes of a text file, without a byte-order mark and in UTF-8. Raises TimelineError, also for what is no
    regular file."""
    data = read_regular(path, MOST_BYTES, TimelineError, what)
    if not data.strip():
        raise TimelineError(path, "is empty", "export the timeline again")
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    if not encoding:
        return data
    try:
        return _UTF16_STATED.sub(r"\1UTF-8", data.decode(encoding), count=1).encode()
    except UnicodeError as error:
        raise TimelineError(path, "is damaged: its text cannot be decoded", "export it again") from error


def check_json(path: Path, data: bytes) -> None:
    """Look through the JSON of an .otio file; raises TimelineError where OTIO's parser would crash or never end."""
    try:
        document = _read_json(data, _survived)
    except RecursionError as error:
        raise TimelineError(
            path, "is nested too deep to be a timeline", "export it again, with fewer levels"
        ) from error
    except _DamagedError as error:
        raise TimelineError(path, f"is damaged: {error}", "export the timeline again as .otio") from error
    except ValueError as error:
        problem = f"is not an OTIO file: it is not JSON ({str(error)[:80]})"
        raise TimelineError(path, problem, "export the timeline again as .otio") from error
    if not isinstance(document, dict) or "OTIO_SCHEMA" not in document:
        raise TimelineError(path, "is not an OTIO file: it names no OTIO_SCHEMA", "export the timeline again as .otio")
    if b"SerializableObjectRef" in data:
        _refuse_cycles(path, document)
    _refuse_depth(path, document)


_LONGEST_SCHEMA = 64  # characters: longer names are nobody's, and are not to be remembered
_PLAIN = "RationalTime.1"
"""The schema of most objects in a document, whose values are numbers."""


def plain_json(data: bytes) -> Any:
    """JSON as OTIO writes it, with its own spelling of infinity. Raises ValueError, RecursionError; also for an object
    that has a key twice, on which OTIO's parser ends the process [OpenTimelineIO 0.18.1]."""
    return _read_json(data, _once)


_Pairs = list[tuple[str, Any]]


def _read_json(data: bytes, made: Callable[[_Pairs], dict[str, Any]]) -> Any:
    try:
        return json.loads(data, object_pairs_hook=made)
    except _DamagedError:
        raise
    except ValueError:
        if b"Inf" not in data:
            raise
    return json.loads(_INFINITY.sub(rb"\1Infinity", data), object_pairs_hook=made)


def _survived(pairs: _Pairs) -> dict[str, Any]:
    """As :func:`_once`, and looked at while it is read: a walk of its own would cost as much as reading does."""
    found = _once(pairs)
    schema = found.get("OTIO_SCHEMA", _PLAIN)
    if schema != _PLAIN and (problem := _wrong_kind(found, *_parted(str(schema)[:_LONGEST_SCHEMA]))):
        raise _DamagedError(problem)
    return found


@lru_cache(maxsize=256)
def _parted(schema: str) -> tuple[str, int]:
    """A schema's name and version: ``Clip.2`` → Clip, 2; version 0 where it is no number."""
    name, _, version = schema.partition(".")
    return name, int(version[:9]) if version.isdecimal() else 0


def _once(pairs: _Pairs) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
    raise _DamagedError(f"{twice[:40]!r} stands twice in one object")


def _wrong_kind(node: dict[str, Any], name: str, version: int) -> str:
    """What OTIO's parser, or whoever walks what it read, follows into nothing [OpenTimelineIO 0.18.1]: a value of
    another kind than one of OTIO's own objects has there."""
    if name == "UnknownSchema":
        return "an object in it is of no schema"
    if name == "Timeline" and node.get("tracks", ()) is None:
        return "a timeline in it has null for tracks"
    if name == "Clip" and "media_references" in node and version <= 1:
        return "a Clip.1 has media_references, which are Clip.2's"
    for key, value in node.items() if name in _SCHEMAS else ():
        if key in _OBJECTS and not (_are_objects(key, value) if key in _SEVERAL else _is_object(value)):
            return f"{key} of a {name} is not what it should be"
    return ""


_SINGLE = (str, int, float, NoneType)


def _are_objects(key: str, value: Any) -> bool:
    inside = value.values() if key == "media_references" and isinstance(value, dict) else value
    return all(map(_is_object, (inside,) if isinstance(inside, _SINGLE) else inside))


def _is_object(value: Any) -> bool:
    """Whether a value is one of OTIO's objects, or nothing."""
    return value is None or (isinstance(value, dict) and (not value or "OTIO_SCHEMA" in value))


def _refuse_cycles(path: Path, document: Any) -> None:
    """References by id may point anywhere; one that points back to something around it never ends."""
    targets: dict[str, Any] = {}
    for node in _dicts(document):
        if isinstance(node.get("OTIO_REF_ID"), str):
            targets[node["OTIO_REF_ID"]] = node
    links = {
        name: {
            str(node["id"])
            for node in _dicts(target)
            if str(node.get("OTIO_SCHEMA")).startswith("SerializableObjectRef")
        }
        for name, target in targets.items()
    }
    done: set[str] = set()
    for start in links:
        trail, stack = set(), [(start, iter(links[start]))]
        trail.add(start)
        while stack:
            name, following = stack[-1]
            step = next((target for target in following if target in links and target not in done), None)
            if step is None:
                done.add(name)
                trail.discard(name)
                stack.pop()
            elif step in trail:
                raise TimelineError(path, f"refers to itself in a circle (at {step!r})", "export the timeline again")
            else:
                trail.add(step)
                stack.append((step, iter(links[step])))


def _dicts(document: Any) -> Any:
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            stack.extend(node)


def _refuse_depth(path: Path, document: Any) -> None:
    stack = [(document, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_NESTING:
            problem = f"nests sequences more than {MAX_NESTING} deep"
            raise TimelineError(path, problem, "flatten its compound clips in the editor")
        children = node.get("children", ()) if isinstance(node, dict) else ()
        if isinstance(children, list):
            stack.extend((child, depth + 1) for child in children)
        if isinstance(node, dict) and isinstance(node.get("tracks"), dict):
            stack.append((node["tracks"], depth + 1))


def safe_xml(path: Path, data: bytes, error_class: type[InputError] = TimelineError) -> Element:
    """The root of an XML file; entities and outside references are refused, not expanded."""
    import defusedxml.ElementTree
    from defusedxml import DefusedXmlException

    try:
        root: Element = defusedxml.ElementTree.fromstring(
            data, forbid_dtd=False, forbid_entities=True, forbid_external=True
        )
    except DefusedXmlException as error:
        raise error_class(
            path, "declares XML entities, which can be harmful", "export it again without them"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise error_class(path, f"is not well-formed XML ({str(error)[:80]})", "export it again") from error
    if _is_deep(root):
        raise error_class(path, "is nested too deep", "export it again, with fewer levels")
    return root


def _is_deep(root: Element) -> bool:
    """Whether elements nest so deep that code which follows them would run out of stack."""
    level = [root]
    for _ in range(_MOST_LEVELS):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True
