"""Speaker labels: which words before a colon, or in brackets, name who speaks.

ANNA: Come.   [ANNA]: Come.   ANNA (whispering): Come.   Dr. SMITH: Come.   Speaker 1: Come.      surely
NARRATOR (V.O.)    in a row of its own: surely
Anna: Come.   [Anna] Come.   (OFFICER) Halt!      by the table of people, or because the file labels with that name
Zorban: Come.      when it recurs; once, it is spoken and a sentence names it
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from talkies.core.people import person_of

_LONGEST = 32
_MOST_TURNS = 20  # in a row
_OPEN, _CLOSE = r"[\[(（【]", r"[\])）】]"
_INSIDE = r"[^\[\]()（）【】]"
_MARK = re.compile(r"\s*(?:>{2,}\s*)*")
_BRACKETED = re.compile(rf"{_OPEN}\s*({_INSIDE}{{1,48}}){_CLOSE}\s?\s?([:：]?)\s*")
_SOUND_FIRST = re.compile(rf"{_OPEN}{_INSIDE}{{0,80}}{_CLOSE}\s?\s?(?=\S)")
_COLON = re.compile(
    rf"([^:：\s\[\]()（）>-][^:：\n\[\]()（）]{{0,31}}?)(?:\s?{_OPEN}{_INSIDE}{{1,40}}{_CLOSE})?\s?(?:：|:(?=\s|$|[^\W\d_]))\s*"
)
_SCREENPLAY = re.compile(
    rf"([^\W\d_][^:：\n\[\]()（）]{{0,31}}?)\s{{0,3}}{_OPEN}\s?(?i:v\.?o\.?|o\.?[sc]\.?|cont[’']?d\.?|off)\s?{_CLOSE}\s*$"
)
_MID_ROW = re.compile(
    r"(?<=[.!?…\"”)\]])(?<!\b[A-Z]\.)(?<!(?i:\b(?:dr|mr|ms|st)\.))(?<!(?i:\bmrs\.))(?<!(?i:\bprof\.))\s+"
    r"(?=(?:(?:Dr|Mr|Mrs|Ms|Prof|St)\.\s)?[^\s:：.!?\[\](),][^:：.!?\[\](),]{0,31}[:：]\s)"
)
_NUMBER = re.compile(r"#?\d{1,3}|[A-Z]|[IVX]{1,4}")
_PARTICLES_TABLE = "of the de van von der den la le du da di del al and und et y e i og och en & / - on over in"
_TITLES_TABLE = "dr mr mrs ms prof st sir lady lord herr frau capt sgt lt"
_NO_NAMES_TABLE = """
note notes remember warning caution danger attention example question answer tip hint ps today tomorrow yesterday
result update translation subtitles subtitle subs captions sync synced chapter part episode title time date place
location total price order rule step lesson fact first second third next also however but so still
"""
_PARTICLES = frozenset(_PARTICLES_TABLE.split())
_TITLES = frozenset(_TITLES_TABLE.split())
_NO_NAMES = frozenset(_NO_NAMES_TABLE.split())
_WHERE = re.compile(r"\s+(?:on|over|in|via|through)\s.*|,.*", re.IGNORECASE)


@dataclass(frozen=True)
class Label:
    """A name before words, and the words; ``sure`` whatever else the file says. ``colon``: there is one."""

    name: str
    words: str
    sure: bool
    colon: bool = True


def label_of(row: str) -> Label | None:
    """The label with which a row begins, or that follows a described sound at its beginning."""
    start = _MARK.match(row)
    row = row[start.end() if start else 0 :]
    if found := _bracketed(row) or _before_colon(row) or _of_a_screenplay(row):
        return found
    sound = _SOUND_FIRST.match(row)
    after = _before_colon(row[sound.end() :]) if sound else None
    return Label(after.name, f"{row[: sound.end()]}{after.words}", after.sure) if sound and after else None


def _bracketed(row: str) -> Label | None:
    match = _BRACKETED.match(row)
    if match is None:
        return None
    inside, words = " ".join(match[1].split()), row[match.end() :]
    name = inside.rstrip(":： ")
    if match[2] or name != inside:
        return Label(name, words, True) if _reads_like_a_name(name) or _all_known(name) else None
    name = _WHERE.sub("", name)
    return Label(name, words, _all_known(name), colon=False) if _reads_like_a_name(name) else None


def _of_a_screenplay(row: str) -> Label | None:
    """NARRATOR (V.O.), which has a row of its own."""
    match = _SCREENPLAY.fullmatch(row)
    if match is None or match[1] != match[1].upper() or not _reads_like_a_name(match[1]):
        return None
    return Label(" ".join(match[1].split()), "", True, colon=False)


def _before_colon(row: str) -> Label | None:
    match = _COLON.match(row)
    if match is None or not _reads_like_a_name(match[1]):
        return None
    name, words = " ".join(match[1].split()), row[match.end() :]
    is_sure = _in_capitals(name) or _known(name)
    is_close = match[0].endswith(":") and bool(words)  # as in BOB:Hi, and in std:string
    return Label(name, words, is_sure) if is_sure or not is_close else None


def _reads_like_a_name(name: str) -> bool:
    """Few words, each with a capital or from a script without them, numbers and particles between."""
    words = name.split()
    if not words or len(words) > 5 or len(name) > _LONGEST or not words[0][0].isalpha():
        return False
    return all(word[0].isdigit() or word[0] == "#" or not word[0].islower() or word in _PARTICLES for word in words)


def _in_capitals(name: str) -> bool:
    """ANNA, Dr. SMITH, McCOY; a short word of a script without capitals."""
    letters = [letter for letter in name if letter.isalpha()]
    upper, lower = sum(map(str.isupper, letters)), sum(map(str.islower, letters))
    return upper > lower if upper or lower else len(letters) <= 10 and " " not in name


def _known(name: str) -> bool:
    """Anna, Anna Bell, Speaker 1, Mrs. Danvers: by the table of people."""
    words = [word.strip(".,'’").casefold() for word in re.split(r"[\s_]+", name)]
    if words[0] in _TITLES and len(words) > 1:
        return True
    first = person_of(words[0]) is not None
    return _all_known(name) or (first and len(words) == 2)


def _all_known(name: str) -> bool:
    words = [word for word in re.split(r"[\s_]+", name) if word.casefold() not in _PARTICLES]
    known = [person_of(word) is not None or word.strip(".").casefold() in _TITLES for word in words]
    return any(known) and all(is_known or _NUMBER.fullmatch(word) for word, is_known in zip(words, known, strict=True))


@dataclass(frozen=True)
class Labels:
    """Which names label the lines of one file or track; ``doubtful``: names as they stand there that may be labels."""

    accepted: frozenset[str] = frozenset()
    doubtful: tuple[str, ...] = ()
    _spelling: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[str]) -> Labels:
        """From all rows of a file: what recurs before a colon is a name there."""
        found = [label for row in rows for part in parts_of(row) if (label := label_of(part))]
        sure = {label.name.casefold() for label in found if label.sure}
        times = Counter(label.name.casefold() for label in found if label.colon and not label.sure)
        recurring = {name for name, count in times.items() if count > 1 and name not in _NO_NAMES}
        accepted = frozenset(sure | recurring)
        unsure = [label.name for label in found if label.colon and label.name.casefold() not in accepted | _NO_NAMES]
        spelling: dict[str, str] = {}
        for label in found:
            spelling.setdefault(label.name.casefold(), label.name)
        return cls(accepted, tuple(dict.fromkeys(unsure)), spelling)

    def split(self, row: str) -> tuple[str | None, str]:
        """The speaker whose label a row begins with, in the spelling of the first, and the rest; None and the row."""
        label = label_of(row)
        if label is None or not (label.sure or label.name.casefold() in self.accepted):
            return None, row
        return self._spelling.get(label.name.casefold(), label.name), label.words

    def turns(self, row: str) -> list[str]:
        """A row in parts, each with a label of its own: "ANNA: Yes. BOB: No."."""
        parts = parts_of(row)
        turns = parts[:1]
        for part in parts[1:]:
            if self.split(part)[0] is None:
                turns[-1] += f" {part}"
            else:
                turns.append(part)
        return turns


def parts_of(row: str) -> list[str]:
    """A row cut where a label may follow a sentence's end."""
    return _MID_ROW.split(row, maxsplit=_MOST_TURNS)
