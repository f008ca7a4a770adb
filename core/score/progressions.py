"""Progressions of four bars by character, mode and how they end: data, in roman numerals.

"open" ends on the dominant, "close" on the tonic, "away" leaves the tonic and ends on the dominant. Bars are parted by
"|", two chords in a bar by a space; the bass of each follows its figures. Five of each, a prime number: see ``dealt``.
"""

from __future__ import annotations

from typing import Literal

from talkies.core.score.composed import ModeName
from talkies.core.score.moods import Family

Ending = Literal["open", "close", "away"]
Table = dict[ModeName, dict[Ending, tuple[str, ...]]]

_MAJOR: dict[Ending, tuple[str, ...]] = {
    "open": (
        "I | V65 I | IV ii6 | V",
        "I vi | ii6 V | I6 IV | V",
        "I | V43 I6 | ii65 | V7",
        "I | IV64 I | ii V7/V | V",
        "I V6 | vi I6 | IV V7/V | V",
    ),
    "close": (
        "I | V65 I | ii6 V7 | I",
        "I vi | IV ii6 | I64 V7 | I",
        "I6 IV | ii65 V7 | I IV | V7 I",
        "I V6 | vi V7/IV | IV V7 | I",
        "I | V7/ii ii | V7 | I",
    ),
    "away": (
        "vi | V7/V V | ii6 V7/V | V",
        "IV | I6 | V43/V V7/V | V7",
        "V7/vi | vi | V7/V | V7",
        "ii | V7/ii ii | IV V7/V | V",
        "iii vi | ii V7 | iii6 IV | V",
    ),
}
_TENDER: dict[Ending, tuple[str, ...]] = {
    "open": (
        "I | iii | IV ii7 | V7",
        "I I7 | vi | ii7 V7/V | V7",
        "I | V7/vi vi | ii7 | V7",
        "I | V43/ii ii | iv6 | V7",
        "I6 viio7/ii | ii7 | V42 I6 | V7",
    ),
    "close": (
        "I | V7/ii ii7 | V7 | I",
        "I I7 | IV iv | I64 V7 | I",
        "I6 | IV iv6 | I64 V7 | I",
        "vi V7/V | ii7 V7 | iii6 IV | V7 I",
        "I viio7/V | I64 V7 | V7 | I",
    ),
    "away": (
        "vi iii | IV I6 | ii7 V7/V | V7",
        "IV7 | iii7 vi7 | ii7 V7/V | V7",
        "bVI | bIII6 | iv ii7 | V7",
        "V7/IV IV | iv I64 | V7/V | V7",
        "V65/vi vi | V65/V V | ii65 | V7",
    ),
}
_MINOR: dict[Ending, tuple[str, ...]] = {
    "open": (
        "i | V65 i | iv6 | V",
        "i VI | iiø65 | i64 | V7",
        "i | iv | iiø43 Ger | V",
        "i v6 | iv6 | V | V",
        "i V43 | i6 iv | Ger | V7",
    ),
    "close": (
        "i | V65 i | iiø65 V7 | i",
        "i6 iv | iiø7 V7 | VI iiø65 | V7 i",
        "i VI | iv iiø6 | i64 V7 | i",
        "i | bII6 | i64 V7 | i",
        "i V7/iv | iv viio7 | i64 V7 | i",
    ),
    "away": (
        "III | VII6 III | iv6 Ger | V",
        "V7/iv | iv | V7/V | V7",
        "VI | III6 iv | viio7/V | V7",
        "iv | VII7 III | VI iiø65 | V7",
        "viio7/iv iv | viio7 i | Ger | V",
    ),
}
_LAMENT: dict[Ending, tuple[str, ...]] = {
    "open": (
        "i | v6 | iv6 | V",
        "i V43/iv | iv6 iv | Ger | V7",
        "i | VI | iiø65 | V7",
        "i viio43 | i6 iv | i64 | V",
        "i VI | iv6 | i64 V7/V | V",
    ),
    "close": (
        "i v6 | iv6 V7 | VI iiø65 | V7 i",
        "i V65 | i iv | i64 V7 | i",
        "i | bII6 | V7 | i",
        "VI III | iv iiø65 | i64 V7 | i",
        "i iv6 | i64 | iiø65 V7 | i",
    ),
    "away": (
        "VI | III | iv | V",
        "III V7/iv | iv | Ger | V7",
        "iv6 | III64 VI | iiø65 | V7",
        "VI7 iiø7 | V65/III III | iv6 | V",
        "iv | VII | III iiø65 | V7",
    ),
}
_MYSTERY: dict[Ending, tuple[str, ...]] = {
    "open": (
        "i | viio7/V | i64 | viio7",
        "i | bII6 | i | V",
        "i | VI+ | viio7/V | V7",
        "i | #ivo7 | iiø43 | V",
        "i | viio42 | i | Ger",
    ),
    "close": (
        "i | #ivo7 | viio7 | i",
        "i | bII6 | viio7 | i",
        "i6 | viio7/V | V7 | i",
        "VI | Ger | i64 V7 | i",
        "viio7/iv | iv6 | viio7 | i",
    ),
    "away": (
        "viio7/V | viio7 | viio7/iv | V",
        "VI | bII | Ger | V",
        "iv | #ivo7 | i64 | V7",
        "III+ | VI6 | viio7/V | V",
        "bII6 | viio42/V | i64 | V",
    ),
}
_SACRED: dict[Ending, tuple[str, ...]] = {
    "open": (
        "I V6 | vi iii6 | IV I6 | V",
        "I IV64 | I V6 | vi ii6 | V",
        "I | IV I | ii6 | V",
        "I6 IV | I V6 | I V7/V | V",
        "I vi | IV I6 | ii7 | V",
    ),
    "close": (
        "I vi | IV V | IV IV | I",
        "I V6 | vi IV | ii65 V7 | I",
        "I6 ii6 | I64 V7 | IV iv | I",
        "IV I6 | ii V7 | vi IV | I",
        "I iii | IV I6 | ii6 V | I",
    ),
    "away": (
        "vi iii | IV I | ii6 V7/V | V",
        "IV I6 | ii vi | V6/V V7/V | V",
        "iii vi | ii6 I6 | IV | V",
        "bVII | IV6 I | ii65 | V",
        "vi V6 | IV6 I | ii65 | V",
    ),
}
_GROTESQUE: dict[Ending, tuple[str, ...]] = {
    "open": (
        "i | bII | i | V+",
        "i #ivo7 | i | bII6 Ger | V",
        "i vi | i | VI+ | V7",
        "i | i viio7/V | bII | V",
        "i | #ivo7 i | bII6 | V7",
    ),
    "close": (
        "i bII | i | V+ V7 | i",
        "i | #ivo7 bII6 | V7 | i",
        "vi | i64 | bII6 V7 | i",
        "VI+ | iv bII | V7 | i",
        "i bII6 | i64 | viio7/V V7 | i",
    ),
    "away": (
        "vi | bII | VI+ | V",
        "iv vi | i | viio7/V | V+",
        "III+ | VI6 | #ivo7 | V7",
        "bII III | iv #ivo7 | bII6 | V",
        "VI | #ivo7 i64 | bII | V7",
    ),
}
_HEROIC_MINOR: dict[Ending, tuple[str, ...]] = {
    "open": (
        "i | VI VII | i iv6 | V",
        "i v6 | VI III6 | iv | V",
        "i | i6 iv | Ger | V",
        "i VII6 | III VI | iiø65 | V7",
        "i VII6 | VI | iv6 viio7/V | V",
    ),
    "close": (
        "i | VI iv | V7 | i",
        "i6 iv | bII6 | V7 | i",
        "VI VII | i iv | i64 V7 | i",
        "i III6 | iv VI | iiø65 V7 | i",
        "i VI | III iv | V7 | i",
    ),
    "away": (
        "III VII6 | i v6 | VI iv6 | V",
        "VI | VII | viio7/V | V",
        "iv VII | III VI | iiø65 | V",
        "V7/iv iv | V7/III III | Ger | V",
        "VI III6 | iv VII | V7/V | V",
    ),
}
_HEROIC_MAJOR: dict[Ending, tuple[str, ...]] = {
    "open": (
        "I | IV I6 | ii65 V7/V | V",
        "I V6 | vi iii | IV V7/V | V",
        "I | bVII IV6 | I64 | V",
        "I6 IV | V6 I | ii V7/V | V",
        "I iii | IV V6 | vi V7/V | V",
    ),
    "close": (
        "I | IV ii6 | I64 V7 | I",
        "I bVI | bIII IV | V7 | I",
        "vi IV | I6 ii65 | I64 V7 | I",
        "I V65/IV | IV ii65 | V7 | I",
        "I IV6 | V65 I | ii65 V7 | I",
    ),
    "away": (
        "vi iii | IV I6 | V7/V | V",
        "bVI | bIII6 | iv6 | V",
        "IV V7/vi | vi V7/V | V | V7",
        "iii vi | V65/V V | ii65 | V7",
        "vi | V7/ii ii | V7/V | V",
    ),
}
_STORM: dict[Ending, tuple[str, ...]] = {
    "open": (
        "i | viio7 | i6 viio7/V | V",
        "i | iv6 viio7/V | i64 | V7",
        "i viio43 | i6 | bII6 Ger | V",
        "i | VI | viio7/V | V",
        "i iv6 | viio7/iv iv | Ger | V",
    ),
    "close": (
        "i viio7 | i iv | viio7/V V7 | i",
        "i | bII6 | V7 | i",
        "viio7/iv iv | i64 | viio7 V7 | i",
        "VI iv | iiø65 | i64 V7 | i",
        "i VI | Ger | i64 V7 | i",
    ),
    "away": (
        "viio7/iv | iv | viio7/V | V",
        "viio7 | viio7/iv | viio7/V | V7",
        "VI | bII | viio7/V | V",
        "iv6 | Ger | i64 viio7/V | V7",
        "iv | viio7/iv | Ger i64 | V7",
    ),
}

PROGRESSIONS: dict[Family, Table] = {
    "bright": {"major": _MAJOR, "minor": _MINOR},
    "tender": {"major": _TENDER, "minor": _LAMENT},
    "dark": {"major": _MAJOR, "minor": _MINOR},
    "lament": {"major": _TENDER, "minor": _LAMENT},
    "mystery": {"major": _TENDER, "minor": _MYSTERY},
    "sacred": {"major": _SACRED, "minor": _LAMENT},
    "grotesque": {"major": _MAJOR, "minor": _GROTESQUE},
    "heroic": {"major": _HEROIC_MAJOR, "minor": _HEROIC_MINOR},
    "storm": {"major": _HEROIC_MAJOR, "minor": _STORM},
}
