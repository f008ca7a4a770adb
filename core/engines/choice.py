"""Which engine makes which task, as people write it: ``mini``, or ``foley=woosh,dialogue=mini``.

A name alone is for every task that has none of its own. An engine that does not make a task leaves it to ``mini``,
or music to the score that talkies plays itself, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from talkies.core.conditioning.speech.named_voices import VoiceFacts, named_voices
from talkies.core.engines.base import ENGINES, NAMED_VOICES, check_engine
from talkies.core.engines.guests.found import guests
from talkies.core.engines.guests.manifest import TASKS, Manifest
from talkies.core.errors import ArgumentError

DEFAULT = "mini"
RULED, RULES = "music", "rules"
"""The task that rules make where no engine is chosen for it, and how they are chosen where one is for all else."""
_OURS = tuple(task for task in TASKS if task != RULED)


def choices(text: str) -> dict[str, str]:
    """Engine by task, "" for all others. Raises ArgumentError for what cannot be read."""
    found: dict[str, str] = {}
    for part in text.split(","):
        task, equals, name = part.strip().rpartition("=")
        task, name = task.strip(), name.strip()
        if (equals and task not in TASKS) or not name:
            shown = part.strip()[:40]
            cure = f"write NAME, or {TASKS[0]}=NAME; tasks are {', '.join(TASKS)}"
            raise ArgumentError("--engine", f"{shown!r} names no engine of a task", cure)
        if found.setdefault(task, name) != name:
            raise ArgumentError("--engine", f"two engines are for {task or 'everything'}: {found[task]} and {name}")
    return found


def engine_for(text: str, task: str) -> str:
    """The engine that was chosen for a task. Raises ArgumentError."""
    found = choices(text)
    return found.get(task, found.get("", DEFAULT))


def engines_for(text: str, tasks: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Engine by task, for these alone, and sentences on those that were chosen and make something else; none for music
    that talkies plays itself.

    Raises ArgumentError for one that was chosen for a task by name and does not make it, or is for none of these and
    not known; of the others whoever loads them says whether they are.
    """
    chosen = choices(text)
    manifests = {name: _manifest_of(name) for name in {*chosen.values()}}
    found, notes = {}, []
    for task in tasks:
        name = chosen.get(task, chosen.get("", DEFAULT))
        if (task, chosen.get(task)) == (RULED, RULES):
            continue
        manifest = manifests.get(name)
        makes = None if manifest is None else manifest.tasks
        if _makes(task, name, makes, is_chosen=task in chosen):
            found[task] = name
            continue
        made = ", ".join(makes or _OURS)
        if task in chosen:
            raise ArgumentError(f"engine {name}", f"makes no {task}", f"it makes {made}")
        if makes is not None:
            notes.append(f"the engine {name} makes {made}; {task} is made by {'rules' if task == RULED else DEFAULT}")
        if task != RULED:
            found[task] = DEFAULT
    for task, name in chosen.items():
        if name not in found.values() and (task, name) != (RULED, RULES):
            check_engine(name)
    return found, tuple(notes)


def _manifest_of(name: str) -> Manifest | None:
    """Of somebody else's engine; None for those that ship, and for one that nobody knows."""
    guest = guests().get(name) if name not in ENGINES else None
    return None if guest is None else guest.manifest


def _makes(task: str, name: str, makes: Sequence[str] | None, *, is_chosen: bool) -> bool:
    """Whether an engine makes a task; ``makes``: those of somebody else's. One that nobody knows makes what it was
    chosen for, and what is never left to rules."""
    if makes is not None:
        return task in makes
    return task != RULED or (is_chosen and name not in ENGINES)


@dataclass(frozen=True)
class Speaking:
    """The ``engine`` that speaks, and the ``voices`` that it has by name, () for none; ``ours``: those that ship."""

    engine: str
    voices: tuple[VoiceFacts, ...]

    @property
    def ours(self) -> bool:
        return self.engine in NAMED_VOICES


def speaking_for(text: str, task: str = "dialogue") -> Speaking:
    """Of the engine that is asked to speak. Raises ArgumentError."""
    name = engines_for(text, [task])[0][task]
    if name in NAMED_VOICES:
        return Speaking(name, named_voices())
    manifest = _manifest_of(name)
    return Speaking(name, () if manifest is None else manifest.voices)


def weights_for(text: str, name: str, weights: Path | None) -> Path | None:
    """The user's weights for an engine that was named; one that takes over what the others do not make has its own."""
    return weights if name in choices(text).values() else None


def spotter_for(text: str) -> str:
    """The engine that says when something sounds: the one chosen for effects, if it ships; guests do not spot."""
    name = engine_for(text, "foley")
    return DEFAULT if name in guests() else name
