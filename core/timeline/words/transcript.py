"""Transcript: from the text of a subtitle to cues; who speaks, what is spoken, what is a sound description.

ANNA: We should go. [door slams]      → speech "We should go." by ANNA; sound "door slams"
<v Bob>Now?                           → speech "Now?" by Bob
- Hi.  - Yes?                         → two speeches that share the time by their length
♪ soft piano ♪                        → sound "soft piano"
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from fractions import Fraction

from talkies.core.segment import Cue
from talkies.core.times import TimeRange

VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)
BREAK = re.compile(r"<br\s*/?>|\\N|\\n|[\r\u2028\u2029\x0b\x0c]+\n?", re.IGNORECASE)
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_DASH = re.compile(r"^\s*[-–—‐]\s*(?=\S)")
_INLINE_DASH = re.compile(r"(?<=[.!?…\"”])\s+[-–—]\s*(?=\S)")
_NOTES = "♪♫♬♩"
_SOUND = re.compile(  # round brackets inside a sentence are an aside, which is spoken
    r"\[([^\[\]]*)\]|【([^【】]*)】|(?:^|(?<=[.!?…:\"”’])\s*)[(（]([^()（）]*)[)）]"
    rf"|[{_NOTES}]+([^{_NOTES}]*)(?:[{_NOTES}]+|$)"
)
_CAPITAL = r"[^\Wa-zß-öø-ÿ]"  # a letter that is not lower-case, a digit, an underscore
_LABEL = re.compile(rf"^\s*(?:>>+\s*)?((?!\d|_){_CAPITAL}+(?:[ .'’#&/-]+{_CAPITAL}+)*\.?)\s*[:：](?:\s+|$)")
_LONGEST_LABEL = 32


def cues_from_text(span: TimeRange, text: str, speaker: str = "", language: str = "") -> tuple[Cue, ...]:
    """The cues of one subtitle; ``speaker`` is what the format itself says (ASS name field, a track's name)."""
    pieces = [
        (who or speaker, line)
        for who, part in _voices(html.unescape(BREAK.sub("\n", text)))
        for line in _dialogue(_clean(part))
    ]
    cues: list[Cue] = []
    for (who, piece), stretch in zip(pieces, _shares(span, [piece for _, piece in pieces]), strict=True):
        cues.extend(_cues_of_piece(stretch, piece, who, language))
    return tuple(cues)


def _voices(text: str) -> Iterator[tuple[str, str]]:
    """Stretches of text with the speaker that WebVTT's ``<v Name>`` gives them."""
    parts = VOICE.split(text)
    if parts[0].strip():
        yield "", parts[0]
    for who, part in zip(parts[1::2], parts[2::2], strict=True):
        yield who.strip(), part


def _clean(text: str) -> str:
    plain = _INVISIBLE.sub("", TAG.sub("", text))
    return "\n".join(line for line in (" ".join(line.split()) for line in plain.split("\n")) if line)


def _dialogue(text: str) -> list[str]:
    """The turns of a dialogue written with dashes, else the whole text on one line."""
    lines = text.split("\n")
    if not _DASH.match(text):
        labelled = len(lines) > 1 and all(_LABEL.match(line) for line in lines)
        return lines if labelled else [" ".join(lines)] if text else []
    turns: list[str] = []
    for line in lines:
        if _DASH.match(line) or not turns:
            turns.extend(_INLINE_DASH.split(_DASH.sub("", line)))
        else:
            turns[-1] += " " + line
    return turns


def _shares(span: TimeRange, pieces: list[str]) -> list[TimeRange]:
    """The span divided by the length of what is said; neighbours share an edge."""
    weights = [max(len(piece), 1) for piece in pieces]
    total, done, shares = sum(weights), 0, []
    for weight in weights:
        start = span.start + span.duration * Fraction(done, total)
        done += weight
        shares.append(TimeRange(start, span.start + span.duration * Fraction(done, total)))
    return shares


def _cues_of_piece(span: TimeRange, text: str, speaker: str, language: str) -> Iterator[Cue]:
    label = _LABEL.match(text)
    if label and len(label[1]) <= _LONGEST_LABEL:
        speaker, text = label[1].strip(), text[label.end() :]
    text = text.strip()
    for match in _SOUND.finditer(text):
        sound = " ".join(next((group for group in match.groups() if group), "").split()).strip(" .:;,-")
        if not sound and match[0].strip()[:1] in _NOTES:
            sound = "music"
        if sound:
            yield Cue(span, sound, "sound", "", language)
    spoken = " ".join(_SOUND.sub(" ", text).split())
    label = _LABEL.match(spoken)  # "[sighs] ANNA: ..."
    if label and len(label[1]) <= _LONGEST_LABEL:
        speaker, spoken = label[1].strip(), spoken[label.end() :]
    spoken = re.sub(r"^(?:>>+\s*)+", "", spoken)
    if any(character.isalnum() for character in spoken):
        yield Cue(span, spoken, "speech", speaker, language)
