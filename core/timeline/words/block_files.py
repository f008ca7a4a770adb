"""SubRip, WebVTT and SubViewer (.sbv, .sub): a line of times, then lines of text.

SubRip and .sbv as players show them: a subtitle's text goes on, over empty lines too, until the next number and times.
WebVTT as its standard says: an empty line ends it (a line of blanks is not empty), and what has no times is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from talkies.core.timeline.words.frame_counts import NO_RATE, FrameClock, clock_of, count_frames
from talkies.core.timeline.words.languages import language_tag
from talkies.core.timeline.words.lines import Line, Parsed
from talkies.core.timeline.words.stamps import Stamp, are_unpadded, decimals, looks_timed, read_times, without_unseen

_NO_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)  # SubViewer's
_CLOCK = 90_000  # MPEG's, ticks per second
_LOCAL = re.compile(r"LOCAL:(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})\.(\d{1,9})")
_TRANSPORT = re.compile(r"MPEGTS:(\d{1,12})")


@dataclass
class _Blocks:
    """What stands in a file, before times are understood. ``offset``: from a WebVTT part's clock to the transport's."""

    found: list[tuple[Stamp, Stamp, Fraction, list[str]]] = field(default_factory=list)
    damaged: int = 0
    timeless: int = 0
    offset: Fraction = Fraction(0)
    transport: bool = False


def parse_subrip(text: str, clock: FrameClock | None = None) -> Parsed:
    """SubRip, .sbv, SubViewer and lists of timecodes, whatever their numbers are."""
    rows = _rows(text)
    heads = [index for index, row in enumerate(rows) if looks_timed(row)]
    numbered = bool(heads) and any(row.strip().isdecimal() for row in rows[: heads[0]])
    blocks = _Blocks()
    for number, (head, following) in enumerate(pairwise([*heads, len(rows)]), start=1):
        times = read_times(rows[head])
        if times is None:
            blocks.damaged += 1
            continue
        body = rows[head + 1 : following]
        if numbered:
            body, timeless = _without_numbers(body, _number_before(rows, head) or number, following == len(rows))
            blocks.timeless += timeless
        blocks.found.append((*times, Fraction(0), [piece for row in body for piece in _BREAK.split(row)]))
    return _parsed(blocks, "", clock)


def parse_webvtt(text: str, clock: FrameClock | None = None) -> Parsed:
    """WebVTT, also several parts of a segmented one in a file."""
    rows = _rows(text)
    blocks, index, header = _Blocks(), 0, True
    while index < len(rows):
        end = index
        while end < len(rows) and rows[end]:
            end += 1
        _read_block(blocks, rows[index:end], header)
        header = header and end == index
        index = end + 1
    language = re.search(r"^Language:\s*(\S+)\s*$", text[:1000], re.MULTILINE)
    return _parsed(blocks, language_tag(language[1]) if language else "", clock)


def _read_block(blocks: _Blocks, rows: Sequence[str], header: bool) -> None:
    """One block of WebVTT. Times inside it begin another subtitle, as players read them."""
    if rows and rows[0].startswith("WEBVTT"):
        _read_map(blocks, rows)
    heads = [index for index, row in enumerate(rows) if looks_timed(row)]
    if not heads:
        other = header or not rows or rows[0].lstrip("\ufeff").startswith(_NO_CUES)
        blocks.timeless += not other and bool(" ".join(rows).strip())
    for head, following in pairwise([*heads, len(rows)]):
        if times := read_times(rows[head]):
            body = _without_name(rows[head + 1 : following]) if following < len(rows) else rows[head + 1 :]
            blocks.found.append((*times, blocks.offset, list(body)))
        else:
            blocks.damaged += 1


def _without_name(body: Sequence[str]) -> list[str]:
    """The text without the number of the subtitle that begins in the same block."""
    kept = _without_end(body)
    return kept[:-1] if kept and kept[-1].strip().isdecimal() else kept


def _without_end(body: Sequence[str]) -> list[str]:
    """Rows without the blank ones at their end."""
    kept = list(body)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _read_map(blocks: _Blocks, rows: Sequence[str]) -> None:
    """X-TIMESTAMP-MAP (RFC 8216, 3.5): what local time is what time of the transport stream."""
    blocks.offset = Fraction(0)
    for row in rows:
        local, transport = _LOCAL.search(row), _TRANSPORT.search(row)
        if row.startswith("X-TIMESTAMP-MAP") and local and transport:
            hours, minutes, seconds = (int(local[group] or 0) for group in (1, 2, 3))
            zero = hours * 3600 + minutes * 60 + seconds + decimals(local[4])
            blocks.offset = Fraction(int(transport[1]), _CLOCK) - zero
            blocks.transport = True


def _rows(text: str) -> list[str]:
    plain = text.replace("\ufeff", "").replace("\0", "")
    return [without_unseen(row) for row in plain.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _number_before(rows: Sequence[str], head: int) -> int | None:
    row = rows[head - 1].strip() if head else ""
    return int(row) if row.isdecimal() and len(row) < 9 else None


def _without_numbers(body: list[str], number: int, last: bool) -> tuple[list[str], int]:
    """The text without the number of the next subtitle, which stands right before its times or, after an empty line, is
    the next in order; and how many subtitles have a number and no times."""
    kept = _without_end(body)
    touching = len(kept) == len(body) and not last
    if kept and kept[-1].strip().isdecimal():
        follows = kept[-1].strip().lstrip("0") == str(number + 1) and len(kept) > 1 and not kept[-2].strip()
        if touching or follows:
            kept = _without_end(kept[:-1])
    for index in range(1, len(kept)):
        if kept[index].strip() == str(number + 1) and not kept[index - 1].strip():
            return kept[:index], 1
    return kept, 0


def _parsed(blocks: _Blocks, language: str, given: FrameClock | None = None) -> Parsed:
    stamps = [stamp for start, end, *_ in blocks.found for stamp in (start, end)]
    clock, counting = None, ""
    if counted := count_frames(stamps):
        if given is None:
            return Parsed((), (NO_RATE,))
        clock, counting = clock_of(stamps, given)
    else:
        whole = [block for block in blocks.found if not (block[0].is_counted or block[1].is_counted)]
        blocks.damaged += len(blocks.found) - len(whole)
        blocks.found = whole
    unpadded = not counted and are_unpadded(stamps)
    seconds = clock.seconds if clock else lambda stamp: stamp.seconds(unpadded)
    lines = tuple(
        Line(seconds(start) + offset, seconds(end) + offset, "\n".join(body))
        for start, end, offset, body in blocks.found
    )
    warnings = [counting] if counting else []
    if unpadded:
        warnings.append("fractions of one or two digits stand beside such of three: they are read as milliseconds")
    if blocks.damaged:
        warnings.append(f"{blocks.damaged} subtitles with damaged times: left out")
    if blocks.timeless:
        warnings.append(f"{blocks.timeless} pieces of text have no times: left out, as players do")
    offset = blocks.found[0][2] if blocks.found else Fraction(0)
    return Parsed(lines, tuple(warnings), language, blocks.transport, offset, clock is not None)
