"""A section of a score in plain English, as models that make music from text are asked for it.

"slow lament for solo piano, D minor, 66 bpm" and the user's own words, without what they say of key and tempo, which
the plan has heeded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from talkies.core.score.asked import BPM, KEY, Asked, read_asked
from talkies.core.score.composed import Key, Section
from talkies.core.score.ensemble import ENSEMBLES, SOLOISTS
from talkies.core.score.moods import MOODS, TEMPO_WORDS

CHARACTERS = {
    "neutral": "instrumental music", "agitato": "tense, agitated music", "hurry": "hurried chase music",
    "misterioso": "mysterious suspense music", "lamento": "sad lament", "love theme": "tender love theme",
    "pastorale": "gentle pastorale", "gallop": "galloping western music", "comic": "playful comic music",
    "battle": "fierce battle music", "storm": "stormy dramatic music", "grotesque": "grotesque, macabre music",
    "religioso": "solemn church music", "maestoso": "majestic triumphal music", "waltz": "waltz",
}  # fmt: skip
"""Each mood as people say it who have not read Rapée."""
_TONICS = ("C", "D flat", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")
_MINOR_TONICS = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "G sharp", "A", "B flat", "B")
_SLOW, _FAST = 80, 110  # quarters a minute
_SMALL = frozenset(("a", "an", "and", "in", "for", "of", "the", "with", "music", "solo", "major", "minor", "score"))


def key_in_words(key: Key) -> str:
    """As musicians say it: "F sharp minor"."""
    return f"{(_MINOR_TONICS if key.mode == 'minor' else _TONICS)[key.tonic]} {key.mode}"


def pace_of(section: Section) -> float:
    """Its quarters a minute, from beginning to end."""
    first, last = section.beats
    return float((last - first) / section.span.duration * 60)


def players_in(prompt: str) -> tuple[str, ...]:
    """Who plays, by name, as a prompt says it; nobody where it may say more of that than the score reads ("string
    quartet and piano")."""
    asked = read_asked(prompt)
    return asked.players if asked.solo or not _unread(prompt) else ()


def in_words(section: Section, prompt: str, asked: Asked, players: Sequence[str]) -> str:
    """What a section is, for a model; ``prompt``: the user's own words, of which ``asked`` was read; ``players``: by
    name, as far as that is known."""
    tempo = pace_of(section)
    pace = "slow" if tempo < _SLOW else "fast" if tempo > _FAST else "moderate"
    who = f" for {_ensemble(players)}" if players else ""
    said = f"{pace} {CHARACTERS[section.mood]}{who}, {key_in_words(section.key)}, {tempo:.0f} bpm"
    own = _own_words(prompt, is_of_another_mood=section.mood != asked.mood)
    return f"{said}, {own}" if own else said


def _ensemble(players: Sequence[str]) -> str:
    """Who plays, in words."""
    names = [name.replace("_", " ") for name in players]
    if tuple(players) == ENSEMBLES["orchestra"]:
        return "symphony orchestra"
    if len(names) == 1:
        return f"solo {names[0]}"
    return f"a salon ensemble of {', '.join(names[:-1])} and {names[-1]}"


def _own_words(prompt: str, *, is_of_another_mood: bool) -> str:
    """A prompt without key and tempo in figures, and without its mood where another one is played."""
    words = BPM.sub("", KEY.sub("", prompt))
    if is_of_another_mood:
        words = re.sub(rf"\b(?:{_MOOD_WORDS})\b", "", words, flags=re.IGNORECASE)
    return re.sub(r"\s*(?:,\s*)+", ", ", " ".join(words.split())).strip(" ,;.")


def _unread(prompt: str) -> set[str]:
    """The words that the score does not read."""
    rest = _own_words(prompt, is_of_another_mood=True).casefold()
    return set(re.findall(r"[^\W\d_]+", rest)) - _SMALL - _PLAYERS - TEMPO_WORDS.keys()


_PLAYERS = frozenset(word for name in (*ENSEMBLES, *SOLOISTS) for word in name.split("_"))
_MOOD_WORDS = "|".join(
    sorted((re.escape(word) for mood in MOODS.values() for word in (mood.name, *mood.words)), key=len, reverse=True)
)
