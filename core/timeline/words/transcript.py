"""Transcript: from the text of subtitles to cues; who speaks, what is spoken, what is a sound description.

ANNA: We should go. [door slams]      → speech "We should go." by ANNA; sound "door slams"
It is late.                           → speech by ANNA too: a label holds until the next
<v Bob>Now?                           → speech "Now?" by Bob
- Hi.  - Yes?                         → two speeches that share the time by their length, nobody's by name
♪ soft piano ♪                        → sound "soft piano"

A label ends with the next, with a dash or >> that stands for another speaker, and with a silence of _NEW_SCENE.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from talkies.core.segment import Cue
from talkies.core.timeline.words.labels import Labels
from talkies.core.timeline.words.lines import Line
from talkies.core.times import TimeRange

VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]+)>", re.IGNORECASE)
BREAK = re.compile(r"<br\s?/?>|\\N|\\n|[\r\u2028\u2029\x0b\x0c]+\n?", re.IGNORECASE)
TAG = re.compile(
    r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|<\s{0,3}/?\s{0,3}(?:i|b|u|s|font)\b[^<>]*>"
    r"|\{\\[^{}]*\}|\{[A-Za-z]:[^{}]*\}|\{an?\d\}"
)
_READING = re.compile(r"<rt(?:\.[^\s<>]{0,99})?>[^<>]*(?:</rt>)?", re.IGNORECASE)  # how the word below it is pronounced
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\x00-\x08\x0e-\x1f\x7f]")
_DASH = re.compile(r"^[-–—‐]\s*(?=[^\s\d–—-])")
_INLINE_DASH = re.compile(r"(?<=[.!?…\"”])\s+[-–—]\s*(?=[^\s\d])")
_CHANGE = re.compile(r"(?:^|\s)>{2,}\s*")
_NOTES = "♪♫♬♩"
_ENDS = " .:;,-"
_HASHES = re.compile(r"^#\s+([^#]+?)\s*#?$")
_STARS = r"(?<![\w*])\*{1,2}(?![\s*])(%s)\*{1,2}(?![\w*])"
_STRESSED = re.compile(_STARS % r"[^*]{1,200}")
_SPOKEN = r"\b(?:I|(?i:you|your|we|my|\w+n['’]t|not|never|ich|du|wir|nicht|je|nous|vous|я|ты|мы|вы|не))\b"
_UNSPOKEN = rf"(?![^*]*{_SPOKEN})"
_STARRED = _STARS % rf"{_UNSPOKEN}[^*]{{1,99}} [^*]{{0,99}}[^*\s.!?…,]"
_SMALL = "a-zß-öø-ÿа-яё"
_STARRED_SMALL = _STARS % rf"{_UNSPOKEN}[{_SMALL}][^*]{{1,99}}" + rf"(?!\s*[{_SMALL}])"  # else the sentence goes on
_SOUND = re.compile(  # round brackets inside a sentence are an aside, which is spoken, and so are stars around words
    r"\[([^\[\]]*)\]|【([^【】]*)】|\(\(([^()]*)\)\)|(?:^|(?<=[.!?…:\"”’])\s*)[(（]([^()（）]*)[)）]"
    rf"|[{_NOTES}]+([^{_NOTES}]*)(?:[{_NOTES}]+|$)"
    rf"|^{_STARRED}$|(?:^|(?<=[.!?…:\"”’])\s){_STARRED_SMALL}"
)
_BRACKETS = re.compile(r"^[(\[]([^()\[\]]*)[)\]]$")
_MOST_CUES = 30_000
_NEW_SCENE = Fraction(30)  # seconds without a subtitle after which nobody goes on speaking


@dataclass(frozen=True)
class Transcript:
    """The cues of a file or track in its order, and a sentence for what could not be told."""

    cues: tuple[Cue, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Turn:
    """What one speaker says; None: nobody is named, so that an earlier label holds. "": somebody else, unnamed."""

    speaker: str | None
    text: str


def cues_from_lines(lines: Iterable[Line], language: str = "") -> Transcript:
    """The cues of one file, track or stream, whose lines explain each other; a line's ``speaker`` is what the format
    itself says (ASS's name field, TTML's agent)."""
    ordered = sorted(lines, key=lambda line: (line.start, line.end))
    parts = [list(_voices(html.unescape(BREAK.sub("\n", line.text)))) for line in ordered]
    labels = Labels.of(row for voices in parts for _, rows in voices for row in _marked(rows))
    cues: list[Cue] = []
    held, until = "", Fraction(0)
    for line, voices in zip(ordered, parts, strict=True):
        held = held if line.start - until <= _NEW_SCENE else ""
        until = max(until, line.end)
        turns: list[tuple[str, str]] = []
        for who, rows in voices:
            named = who or line.speaker
            for turn in _turns(rows, labels):
                held = turn.speaker if turn.speaker is not None else "" if named else held
                turns.append((held or named, turn.text))
        more = _cues_of_turns(TimeRange(line.start, line.end), turns, language)
        cues.extend(islice(more, _MOST_CUES + 1 - len(cues)))
        if len(cues) > _MOST_CUES:
            cut = f"more than {_MOST_CUES} cues: the rest is left out"
            return Transcript(tuple(cues[:-1]), (*_doubts(labels), cut))
    return Transcript(tuple(cues), _doubts(labels))


def cues_from_text(span: TimeRange, text: str, speaker: str = "", language: str = "") -> tuple[Cue, ...]:
    """The cues of a text that stands alone: a title, a marker."""
    return cues_from_lines([Line(span.start, span.end, text, speaker)], language).cues


def _doubts(labels: Labels) -> tuple[str, ...]:
    if not labels.doubtful:
        return ()
    shown = ", ".join(f"'{name}:'" for name in labels.doubtful[:3])
    more = f" and {len(labels.doubtful) - 3} more" if len(labels.doubtful) > 3 else ""
    return (f"{shown}{more} may name a speaker and is spoken as it stands; write a name in capitals, as in ANNA:",)


def _voices(text: str) -> Iterator[tuple[str, list[str]]]:
    """Rows of text with the speaker that WebVTT's ``<v Name>`` gives them."""
    parts = VOICE.split(text)
    if parts[0].strip():
        yield "", _clean(parts[0])
    for who, part in zip(parts[1::2], parts[2::2], strict=True):
        yield " ".join(who.split()), _clean(part)


def _clean(text: str) -> list[str]:
    plain = _INVISIBLE.sub("", TAG.sub("", _READING.sub("", text)))
    rows = (" ".join(row.split()) for row in plain.split("\n"))
    return [_HASHES.sub(r"♪ \1 ♪", row) for row in rows if row.strip("-–— ")]


def _marked(rows: Sequence[str]) -> Iterator[str]:
    """Rows cut at the marks that stand for another speaker, without them."""
    for row in rows:
        for piece in _CHANGE.split(row):
            yield from _INLINE_DASH.split(_DASH.sub("", piece.strip()))


def _turns(rows: Sequence[str], labels: Labels) -> Iterator[_Turn]:
    """Who says which words of one subtitle, in order."""
    turns: list[_Turn] = []
    for row, changed in _changes(rows):
        for number, part in enumerate(labels.turns(row)):
            speaker, words = labels.split(part)
            if speaker is not None:
                turns.append(_Turn(speaker, words))
            elif (changed and not number) or not turns:
                turns.append(_Turn("" if changed else None, words))
            else:
                turns[-1] = _Turn(turns[-1].speaker, f"{turns[-1].text} {words}".strip())
    yield from turns


def _changes(rows: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Rows, cut where a dash or >> says that somebody else begins, and whether it does."""
    dialogue = bool(_DASH.match(next((row for row in rows if not _SOUND.fullmatch(row)), "")))
    before = ""
    for row in rows:
        for number, piece in enumerate(_CHANGE.split(row)):
            dashed = _DASH.match(piece) and (dialogue or before[-1:] in '.!?…"”')
            spoken = _DASH.sub("", piece) if dashed else piece
            parts = _INLINE_DASH.split(spoken) if dashed else [spoken]
            for place, part in enumerate(parts):
                if part.strip():
                    yield part.strip(), bool(number or dashed or place)
        before = row


def _shares(span: TimeRange, pieces: list[str]) -> list[TimeRange]:
    """The span divided by the length of what is said; neighbours share an edge."""
    if len(pieces) == 1:
        return [span]
    weights = [max(len(piece), 1) for piece in pieces]
    total, done, shares = sum(weights), 0, []
    for weight in weights:
        start = span.start + span.duration * Fraction(done, total)
        done += weight
        shares.append(TimeRange(start, span.start + span.duration * Fraction(done, total)))
    return shares


def _cues_of_turns(span: TimeRange, turns: Sequence[tuple[str, str]], language: str) -> Iterator[Cue]:
    said = [(who, text) for who, text in turns if text]
    for (who, text), share in zip(said, _shares(span, [text for _, text in said]), strict=True):
        yield from _cues_of_piece(share, text, who, language)


def _cues_of_piece(span: TimeRange, text: str, speaker: str, language: str) -> Iterator[Cue]:
    for match in _SOUND.finditer(text):
        sound = " ".join(next((group for group in match.groups() if group), "").split()).strip(_ENDS)
        sound = _BRACKETS.sub(r"\1", sound).strip(_ENDS)
        if not sound and match[0].strip()[:1] in _NOTES:
            sound = "music"
        if sound:
            yield Cue(span, sound, "sound", "", language)
    spoken = " ".join(_STRESSED.sub(r"\1", _SOUND.sub(" ", text)).split())
    if any(character.isalnum() for character in spoken):
        yield Cue(span, spoken, "speech", speaker, language)
