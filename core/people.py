"""People: whether a speaker's name is one, and what it says of sex and age: Anna, LADY, BOY 2, Dr. Stone, Herr Weber.

The table (``resources/vocabularies/people.json``) has first names and roles in a dozen languages; it is a table of
habits, wrong for some, and only decides where nobody has said otherwise.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import Literal

Sex = Literal["female", "male", ""]
Age = Literal["child", "adult"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_POSSESSIVE = ("'s", "’s")
_LONGEST = 64  # characters; more is no name
_KIN = frozenset(("girl", "boy", "woman", "man"))


@dataclass(frozen=True)
class Person:
    """What a name says of its bearer; ``sex`` is "" where it leaves that open, as in NARRATOR."""

    sex: Sex = ""
    age: Age = "adult"


_ROLES: dict[str, Person] = {
    "girl": Person("female", "child"),
    "boy": Person("male", "child"),
    "woman": Person("female"),
    "man": Person("male"),
    "anyone": Person(),
}


@functools.cache
def _table() -> tuple[dict[str, str], dict[str, Person]]:
    """Roles by word, and persons by first name."""
    stored = json.loads((resources.files("talkies.resources.vocabularies") / "people.json").read_text("utf-8"))
    roles = {word: role for role, rows in stored["roles"].items() for row in rows for word in row.split()}
    sexes: tuple[tuple[str, Sex], ...] = (("women", "female"), ("men", "male"))
    names = {word: Person(sex) for group, sex in sexes for row in stored[group] for word in row.split()}
    return roles, names


def person_of(name: str) -> Person | None:
    """Who a name belongs to, None where no word of it is known.

    The last role with a sex decides ("ANNA'S MOTHER", "POLICE OFFICER"), then the first name, then any other role.
    """
    roles, names = _table()
    words = [word for word in _WORD.findall(name[:_LONGEST].casefold()) if not word.endswith(_POSSESSIVE)]
    named = [roles[word] for word in words if word in roles]
    kin = [role for role in named if role in _KIN]
    if kin:
        return _ROLES[kin[-1]]
    first = next((names[word] for word in words if word in names), None)
    return first or (_ROLES[named[-1]] if named else None)
