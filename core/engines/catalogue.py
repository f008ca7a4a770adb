"""The list of engines: those that ship, and those of other people's, each as its manifest or we describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from talkies.core.conditioning.speech.named_voices import named_voices
from talkies.core.engines.guests.found import BUILT_IN, Guest, guests
from talkies.core.languages import main_language


@dataclass(frozen=True)
class Listed:
    """One engine for people. ``origin``: where it comes from; ``sellable``: whether one may sell what it makes, None
    unknown; ``window_s``: the longest sound that it makes at once, None any; ``problem``: why it cannot be used;
    ``chosen_by``: the option that chooses it; ``voices``: those of an engine of somebody else's, by name."""

    name: str
    origin: str
    version: str = ""
    licence: str = ""
    sellable: bool | None = None
    tasks: Sequence[str] = ()
    languages: Sequence[str] = ()
    window_s: float | None = None
    sample_rate: int | None = None
    command: Sequence[str] = ()
    problem: str = ""
    chosen_by: str = "--engine"
    voices: Sequence[str] = ()


def catalogue() -> list[Listed]:
    """All engines, those that ship first. Raises InputError where the user's list cannot be read."""
    return [*_built_in(), *map(_listed, guests().values())]


def _built_in() -> list[Listed]:
    ours, tasks = version("talkies"), ("foley", "dialogue", "joint")
    mini, vssflow, rules = BUILT_IN
    languages = tuple(dict.fromkeys(main_language(voice.language) for voice in named_voices()))
    return [
        Listed(mini, "ships with talkies", ours, "Apache-2.0", True, tasks, languages, None, 48_000),
        Listed(
            vssflow, "ships without weights", ours, "that of the checkpoint", None, tasks, (), None, 16_000
        ),
        Listed(
            rules, "ships with talkies", ours, "Apache-2.0", True, ("foley", "background", "music"), (), None, 48_000,
            chosen_by="--source",
        ),
    ]  # fmt: skip


def _listed(guest: Guest) -> Listed:
    described = guest.manifest
    if described is None:
        return Listed(guest.name, guest.origin, command=guest.argv, problem=guest.problem)
    return Listed(
        guest.name, guest.origin, described.version, described.licence, described.sellable, described.tasks,
        described.languages, described.window_s, described.sample_rate, guest.argv,
        voices=tuple(voice.name for voice in described.voices),
    )  # fmt: skip
