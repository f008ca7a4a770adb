"""Words of a recording: Universal Category System names, file names, folders, descriptions, and how much each weighs.

``DOORWood_Slam Heavy_JSMITH_LIB.wav``: category DOORWood, words slam and heavy; the rest says who made it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from talkies.core.conditioning.prompt.vocabulary import says_nothing, words_in

CATEGORY, NAME, DESCRIPTION, FOLDER, MAKER = 1.0, 0.9, 0.7, 0.5, 0.1
"""What a word weighs by where it stands."""

KNOWN = "#"
"""Begins terms that are words of the effects vocabulary; all others are words as they were written, folded."""

_CATEGORY_ID = re.compile(r"([A-Z]{2,5})([A-Z][A-Za-z]{1,5})?(?![A-Za-z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_WORD = re.compile(r"[^\W\d_]{2,40}")
_MOST_CHARACTERS = 4000
_FOLDERS = 4  # the innermost of them

_CATEGORIES = {
    "AIR": "wind", "ARCHF": "weapon", "BEEP": "beep", "BOAT": "boat water", "CART": "cartoon", "CLOTH": "cloth_rustle",
    "FARM": "farm_animal", "FEET": "footsteps", "FOLY": "foley", "FOOT": "footsteps", "GEO": "earth", "GUNS": "gunshot",
    "HMN": "human", "LASR": "laser", "MAGC": "magic", "MUSC": "musical", "OBJ": "object", "ROBT": "robot",
    "ROPE": "rope", "SPRT": "sport", "TOYS": "toy", "UI": "click_switch", "VOX": "voice", "WHSH": "whoosh",
    "WTHR": "weather", "WEAP": "weapon",
}  # fmt: skip
_SUBCATEGORIES = {
    "anml": "animal", "brk": "break", "btn": "click_switch", "clth": "cloth_rustle", "crash": "break impact",
    "feet": "footsteps", "fric": "scrape", "frict": "scrape", "glas": "glass", "grvl": "gravel", "hndl": "handle",
    "hors": "horse footsteps", "horse": "horse footsteps", "impt": "impact", "knck": "knock", "latch": "click_switch",
    "leaf": "leaves", "lock": "click_switch", "metl": "metal", "movm": "movement", "opn": "open", "plas": "plastic",
    "splsh": "splash", "ston": "stone", "swsh": "whoosh", "tonl": "tone", "vege": "leaves", "watr": "water",
}  # fmt: skip


def fold(word: str) -> str:
    """A word as it is compared: small letters without accents, ``Tür`` and ``Tuer`` alike."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub("([aou])e", r"\1", bare)


def tokens(text: str) -> list[str]:
    """The words of a text or of a file name (``DoorSlam_02`` has two), in any script, without numbers."""
    return _WORD.findall(_CAMEL.sub(" ", text[:_MOST_CHARACTERS].replace("_", " ")))


def category_of(name: str) -> str:
    """The CatID with which a file name begins, "" if it has none."""
    first = name.split("_")[0].strip()
    match = _CATEGORY_ID.fullmatch(first)
    return first if match and "_" in name and category_words(first) else ""


def category_words(category: str) -> tuple[str, ...]:
    """What a CatID stands for: ``DOORWood`` door and wood. () for what is no CatID."""
    match = _CATEGORY_ID.fullmatch(category)
    if match is None:
        return ()
    known = words_in(category)
    short = _CATEGORIES.get(match[1], "").split()
    if not known and not short:
        return ()
    rest = (match[2] or "").casefold()
    return tuple(dict.fromkeys([*known, *short, *_SUBCATEGORIES.get(rest, rest).split()]))


def weighed_terms(
    path: PurePath, folders: Iterable[str], category: str = "", description: str = ""
) -> dict[str, float]:
    """Terms by which a recording is found, each with the largest of its weights.

    ``folders``: names of those it lies in, outermost first. ``category``: as a chunk states it, else the file name's.
    """
    named = category_of(path.stem)
    parts = path.stem.split("_") if named else ["", path.stem]
    weighed = [(" ".join(category_words(category or named)), CATEGORY), (parts[1] if len(parts) > 1 else "", NAME)]
    weighed += [(description, DESCRIPTION), *((folder, FOLDER) for folder in list(folders)[-_FOLDERS:])]
    weighed.append((" ".join(parts[2:]), MAKER if named else NAME))
    terms: dict[str, float] = {}
    for text, weight in weighed:
        for term in terms_of(text):
            terms[term] = max(terms.get(term, 0.0), weight)
    return terms


def terms_of(text: str) -> Iterator[str]:
    """The terms of a text, words of the vocabulary first."""
    split = tokens(text)
    yield from (KNOWN + word for word in words_in(" ".join(split)))
    yield from (KNOWN + word for word in words_in(text[:_MOST_CHARACTERS]))  # cloth_rustle, written as one
    yield from (fold(word) for word in split if not says_nothing(word.casefold()))
