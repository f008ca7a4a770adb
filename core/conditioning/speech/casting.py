"""Casting: which of the named voices speaks for whom, by what the speakers' names say.

Anna gets a woman's voice, OFFICER a man's, BOY a child's; nobody's voice twice as long as there is another of that sex,
if need be one that has learned another language. Names that say nothing are served last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from talkies.core.conditioning.speech.named_voices import ONLY_BY_NAME, VoiceFacts, named_voices
from talkies.core.languages import main_language
from talkies.core.people import Person, person_of

_DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Role:
    """A speaker and the language of his first line, BCP 47, "" if unknown."""

    speaker: str
    language: str = ""


def cast(
    roles: Iterable[Role], given: Mapping[str, str] | None = None, voices: Sequence[VoiceFacts] | None = None
) -> dict[str, str]:
    """The name of a voice for each speaker, in the order of the roles; ``given``: voices that somebody chose;
    ``voices``: of an engine of somebody else's, which speak their own language alone; None: those that ship."""
    given, wanted = given or {}, list(roles)
    offered = [voice for voice in named_voices() if voice.name not in ONLY_BY_NAME] if voices is None else voices
    chosen = {role.speaker: given[role.speaker] for role in wanted if role.speaker in given}
    used = Counter(given.values())
    for role in sorted(wanted, key=lambda role: not _says_much(role)):
        if role.speaker not in chosen:
            able = offered if voices is None else _speaking(role, offered)
            chosen[role.speaker] = _best(role, used, able).name
            used[chosen[role.speaker]] += 1
    return {role.speaker: chosen[role.speaker] for role in wanted}


def _speaking(role: Role, offered: Sequence[VoiceFacts]) -> Sequence[VoiceFacts]:
    """The voices that speak a role's language; all where none does, and whoever speaks says so."""
    spoken = main_language(role.language)
    return [voice for voice in offered if main_language(voice.language) == spoken] or offered


def _says_much(role: Role) -> bool:
    person = person_of(role.speaker)
    return person is not None and (bool(person.sex) or person.age == "child")


def _best(role: Role, used: Mapping[str, int], offered: Sequence[VoiceFacts]) -> VoiceFacts:
    person = person_of(role.speaker) or Person()
    spoken = main_language(role.language)
    if not any(main_language(voice.language) == spoken for voice in offered):
        spoken = _DEFAULT_LANGUAGE

    def unfit(voice: VoiceFacts) -> tuple[bool, bool, int, bool]:
        foreign = main_language(voice.language) != spoken
        return voice.age != person.age, _is_of_other_sex(voice, person), used.get(voice.name, 0), foreign

    return min(offered, key=unfit)


def _is_of_other_sex(voice: VoiceFacts, person: Person) -> bool:
    """A child's voice does for girls and boys, and a woman's does for a child."""
    sex = "female" if person.age == "child" else person.sex
    return bool(voice.sex and sex) and voice.sex != sex


def shared_voices(voices: Mapping[str, str]) -> str:
    """A sentence where several speakers have the same voice, else ""."""
    times = Counter(voices.values())
    alike = [f"{_all_of(voices, voice)} ({voice})" for voice, count in times.items() if count > 1]
    if not alike:
        return ""
    return f"there are not enough voices: {'; '.join(alike)} sound alike; choose others in the panel, or recordings"


def _all_of(voices: Mapping[str, str], voice: str) -> str:
    names = [speaker or "who has no name" for speaker, each in voices.items() if each == voice]
    return f"{', '.join(names[:-1])} and {names[-1]}"
