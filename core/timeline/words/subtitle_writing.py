"""Subtitle writer: SubRip and WebVTT text.

Of markup, italics, bold and underline stay; speakers are written as each format does it: ``ANNA: Hello``, ``<v Anna>``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from fractions import Fraction

from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.stamps import looks_timed
from talkies.core.timeline.words.transcript import BREAK, TAG, VOICE
from talkies.core.times import round_half_up

_KEPT = re.compile(r"(</?[ibu]>)", re.IGNORECASE)
_SOUNDS = ("[", "(", "♪")
_ARROW = re.compile(r"-+>")


def subrip(lines: Iterable[Line]) -> str:
    """An ``.srt`` file: numbered from 1, times to the millisecond. As a label holds until the next, words of nobody in
    particular begin with >> after those of somebody."""
    blocks = []
    named = False
    for number, line in enumerate(lines, start=1):
        speaks = bool(line.speaker or VOICE.search(line.text))
        sounds = line.text.lstrip().startswith(_SOUNDS)
        change = ">> " if named and not speaks and not sounds else ""
        named = speaks or (named and sounds)
        blocks.append(f"{number}\n{_times(line, ',')}\n{change}{_labelled(line)}\n")
    return "\n".join(blocks)


def webvtt(lines: Iterable[Line], language: str = "") -> str:
    """A ``.vtt`` file."""
    header = "WEBVTT\n" + (f"Language: {language}\n" if language else "")
    blocks = [header]
    for line in lines:
        voices = VOICE.split(f"<v {line.speaker}>{line.text}" if line.speaker else line.text)
        parts = [_body(voices[0], escape=True)]
        for who, spoken in zip(voices[1::2], voices[2::2], strict=True):
            parts.append(f"<v {html.escape(who.strip(), quote=False)}>{_body(spoken, escape=True)}")
        blocks.append(f"{_times(line, '.')}\n{''.join(parts)}\n")
    return "\n".join(blocks)


def one_line(line: Line) -> str:
    """What a subtitle says, without markup: the name of a clip."""
    return " ".join(TAG.sub("", _labelled(line)).split())


def _labelled(line: Line) -> str:
    name = f"{line.speaker}: " if line.speaker else ""
    return _body(VOICE.sub(lambda voice: f"{voice[1].strip()}: ", name + line.text), escape=False)


def _body(text: str, escape: bool) -> str:
    """The text without empty lines, which would end it, and without what would look like times."""
    pieces = _KEPT.split(BREAK.sub("\n", text))
    plain = [_ARROW.sub("→", html.unescape(TAG.sub("", piece))) for piece in pieces[::2]]
    pieces[::2] = [html.escape(piece, quote=False) for piece in plain] if escape else plain
    rows = (row.strip() for row in "".join(pieces).split("\n"))
    return "\n".join(f"… {row}" if looks_timed(row) else row for row in rows if row)


def _times(line: Line, point: str) -> str:
    return f"{_stamp(line.start, point)} --> {_stamp(line.end, point)}"


def _stamp(seconds: Fraction, point: str) -> str:
    total = round_half_up(seconds * 1000)
    minutes, milliseconds = divmod(total, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"
