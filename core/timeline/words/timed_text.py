"""TTML (.ttml, .dfxp, .itt, .xml): paragraphs and spans with times that count from the element around them.

What has no end lasts until the element around it ends, else until the next paragraph begins. ``ttm:agent`` is the
speaker. Not read: styles, regions, pictures of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

from talkies.core.errors import SubtitleError
from talkies.core.files.guards import safe_xml
from talkies.core.timeline.words.languages import language_tag
from talkies.core.timeline.words.lines import Line, Parsed, time_to_say
from talkies.core.timeline.words.timed_times import Clock

_XML = "{http://www.w3.org/XML/1998/namespace}"
_ROW = "\x1e"  # stands for a break while space is put in order; XML cannot hold it
_DECLARED = re.compile(r"""^(\s*<\?xml[^>]{0,80}?)\s+encoding=["'][^"'>]{0,40}["']""")  # the text is decoded already
_PASSED_OVER = frozenset(("metadata", "set", "animate", "audio", "image", "layout", "styling"))
_READINGS = ("text", "textContainer", "delimiter")  # tts:ruby: how the word below is pronounced
_SOUNDS = frozenset(("sound", "music"))  # ttm:role


@dataclass(frozen=True)
class _Time:
    """When an element is shown, in seconds; ``end`` is None where nothing says it, ``stated`` where it says its own."""

    start: Fraction = Fraction(0)
    end: Fraction | None = None
    stated: bool = False


@dataclass(frozen=True)
class _Shown:
    """Words with their time, before open ends are closed."""

    time: _Time
    text: str
    speaker: str


class _Reader:
    """One document; ``damaged`` counts elements whose times say nothing, ``outside`` those that would be shown in their
    parent's time if it counted from the document's zero, and are not as it counts (Apple's lyrics); ``absolute``: it
    does count so."""

    def __init__(self, root: Element, absolute: bool = False) -> None:
        self.clock, self.agents, self.absolute = Clock.of(root), _agents(root), absolute
        self.damaged = self.outside = 0

    def shown(self, element: Element, around: _Time, speaker: str, chained: bool = False) -> Iterator[_Shown]:
        """The words of an element that holds others (body, div)."""
        position = around.start
        for child in element:
            name = _name(child)
            if name in _PASSED_OVER:
                continue
            time = self._time(child, replace(around, start=position) if chained else around)
            if time is None:
                self.damaged += 1
                continue
            who = self.agents.get(_attribute(child, "agent"), speaker)
            if name == "p":
                yield from self._paragraph(child, time, who)
            elif name in ("body", "div"):
                yield from self.shown(child, time, who, child.get("timeContainer") == "seq")
            position = time.end if chained and time.end is not None else position

    def _paragraph(self, element: Element, time: _Time, speaker: str) -> Iterator[_Shown]:
        """One line; where only its spans have times, one for each of them."""
        spans = [] if time.stated else list(self._spans(element, time, speaker))
        if spans:
            yield from spans
        else:
            yield _Shown(time, _as_heard(element, self._text(element, speaker)), speaker)

    def _text(self, element: Element, speaker: str) -> str:
        """The words of an element, marked where another speaks; rows parted where it breaks them, while other space,
        that of the file's lines too, is one blank."""
        text, speaking = "", speaker
        for who, piece in self._pieces(element, speaker):
            if who and who != speaking and piece.strip(f" \n\r\t{_ROW}"):
                speaking = who
                text += f"<v {who}>"
            text += piece
        return "\n".join(row for row in (" ".join(row.split()) for row in text.split(_ROW)) if row)

    def _pieces(self, element: Element, speaker: str) -> Iterator[tuple[str, str]]:
        """Speaker and words of an element and of those in it."""
        yield speaker, element.text or ""
        for child in element:
            if _name(child) == "br":
                yield speaker, _ROW
            elif _name(child) not in _PASSED_OVER and _attribute(child, "ruby") not in _READINGS:
                yield from self._pieces(child, self.agents.get(_attribute(child, "agent"), speaker))
            yield speaker, child.tail or ""

    def _spans(self, element: Element, around: _Time, speaker: str) -> Iterator[_Shown]:
        for child in element:
            if _name(child) != "span":
                continue
            time, who = self._time(child, around), self.agents.get(_attribute(child, "agent"), speaker)
            if time is None:
                self.damaged += 1
            elif time.stated:
                yield _Shown(time, self._text(child, who), who)
            else:
                yield from self._spans(child, around, who)

    def _time(self, element: Element, around: _Time) -> _Time | None:
        """When an element is shown; None where it states a time that cannot be read."""
        said = {name: _attribute(element, name) for name in ("begin", "end", "dur")}
        read = {name: self.clock.seconds(text) for name, text in said.items() if text}
        if any(value is None for value in read.values()):
            return None
        begin, end, lasts = (read.get(name) for name in ("begin", "end", "dur"))
        zero = around.start if not self.absolute else Fraction(0)
        start = around.start if begin is None else zero + begin
        self.outside += begin is not None and around.end is not None and begin < around.end <= start
        ends = [zero + end] if end is not None else []
        ends += [start + lasts] if lasts is not None else []
        ends += [around.end] if around.end is not None else []
        return _Time(start, min(ends, default=None), bool(read))


def parse_timed_text(path: Path, text: str, _: object = None) -> Parsed:
    """Paragraphs in the file's order. Raises SubtitleError."""
    root = safe_xml(path, _DECLARED.sub(r"\1", text, count=1).encode("utf-8", "replace"), SubtitleError)
    if _name(root) != "tt":
        raise SubtitleError(path, "is not a TTML file", "export the subtitles again")
    reader = _Reader(root)
    found = [shown for shown in reader.shown(root, _Time(), "") if shown.text]
    if absolute := reader.outside > 0:
        reader = _Reader(root, absolute)
        found = [shown for shown in reader.shown(root, _Time(), "") if shown.text]
    timeless = sum(not shown.time.stated and shown.time.end is None for shown in found)
    found = [shown for shown in found if shown.time.stated or shown.time.end is not None]
    problems = ["times lie outside of the elements around them: they are counted from 0"] if absolute else []
    if reader.damaged:
        problems.append(f"{reader.damaged} elements with times that cannot be read: left out")
    if timeless:
        problems.append(f"{timeless} paragraphs without times: left out")
    language = language_tag(root.get(f"{_XML}lang", ""))
    return Parsed(tuple(_closed(found)), tuple(problems), language, in_timecode=reader.clock.smpte)


def _closed(found: list[_Shown]) -> Iterator[Line]:
    """Lines of what is shown; what has no end lasts until the next begins, the last one as long as it takes to say."""
    following: Fraction | None = None
    lines: list[Line] = []
    for shown in reversed(found):
        start, end = shown.time.start, shown.time.end
        if end is None:
            reading = start + time_to_say(shown.text)
            end = following if following is not None and following > start else reading
        following = start
        lines.append(Line(start, end, shown.text, shown.speaker))
    yield from reversed(lines)


def _agents(root: Element) -> dict[str, str]:
    """Names of ``ttm:agent`` elements by their ids: the alias, else the name."""
    agents = {}
    for element in root.iter():
        if _name(element) == "agent" and (key := element.get(f"{_XML}id")):
            names = {child.get("type", ""): " ".join("".join(child.itertext()).split()) for child in element}
            agents[key] = next((names[kind] for kind in ("alias", "full", *names) if names.get(kind)), key)
    return agents


def _as_heard(element: Element, text: str) -> str:
    """What is said to be a noise or music, in the brackets that subtitles have for it."""
    is_sound = not _SOUNDS.isdisjoint(_attribute(element, "role").split())
    return f"[{' '.join(text.split())}]" if is_sound and text and not set("[](){}♪♫") & set(text) else text


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Element, name: str) -> str:
    """Of the element's own, or of a namespace: ``begin``, ``ttm:agent``."""
    if name in element.attrib:
        return element.attrib[name]
    return next((value for key, value in element.attrib.items() if key.endswith("}" + name)), "")
