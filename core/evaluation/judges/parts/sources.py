"""Rules and network beside recordings, class by class, on the bouncing ball; which source should be a word's default.

    development seeds and training recordings ─► named more often, else nearer to recordings ─► chosen
    other seeds and held-out recordings ─► what is reported

Nothing is tuned by these figures: they choose between two sources that are there, and report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from talkies.core.arrays import Sound
from talkies.core.corpus.effects import Split
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.prompt import KeptStrokes, Laid
from talkies.core.evaluation.judges.bouncing import BALLS
from talkies.core.evaluation.judges.calling import Call
from talkies.core.evaluation.judges.effects import FOOTSTEPS
from talkies.core.evaluation.judges.envelopes import distance_figures
from talkies.core.evaluation.judges.shown import Shown, on_ball, perform_foley, see_ball
from talkies.core.evaluation.judges.yamnet import Yamnet
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.prompt_classifier import CLASSES, NamedClass, named

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext

By = Literal["rules", "network", "recordings"]

ASKED = (
    *(each for each in CLASSES if each.name != FOOTSTEPS),
    named("door", "door close"),
    named("bird", "bird", without="rooster wood"),
    named("engine", "vehicle engine", sustained=True),
    named("crowd", "crowd", sustained=True),
)
"""Classes that YAMNet has names for; not all have recordings."""

SIDES: dict[str, tuple[Split, int]] = {"development": ("train", 7000), "held_out": ("test", 100)}
"""Recordings and first seed of each."""

_FEWEST = 4  # recordings that a distance is told from
_CLEARLY = 0.95  # takes of one source differ by more than a smaller share


@dataclass(frozen=True)
class Compared:
    """A class: its sounds (N,) of 8 s by who made them; fewer recordings where there are none."""

    wanted: NamedClass
    sounds: Mapping[By, Sequence[Sound]]


def sources_part(given: PartContext) -> dict[str, Any] | None:
    """Figures of both sides, and what was chosen; None without recordings."""
    folder, sizes = given.material.foley_folder, given.sizes
    if folder is None or not sizes.judged_takes:
        return None
    call = Call()
    yamnet = call.yamnet(given.material.folder)
    films = [see_ball(ball, given.under_test) for ball in BALLS]
    figures: dict[str, Any] = {"takes": sizes.judged_takes}
    for place, (side, (split, first)) in enumerate(SIDES.items()):
        kept = Laid(KeptStrokes(folder, split), 1, ASKED)
        rows = {}
        for number, wanted in enumerate(ASKED):
            share = (place + number / len(ASKED)) / len(SIDES)
            given.progress(share, f"rules and network: {wanted.name} ({side.replace('_', ' ')})")
            compared = compare(given.under_test, kept, wanted, films, sizes.judged_takes, first)
            rows[wanted.name] = class_figures(compared, yamnet, len(kept.sources[wanted.name]))
        figures[side] = {"classes": rows, "together": together(rows.values())}
    chosen = {name: better(row) for name, row in figures["development"]["classes"].items()}
    return {**figures, "chosen": chosen, "absent": call.absent}


def compare(
    under_test: EngineUnderTest, kept: Laid, wanted: NamedClass, films: Sequence[Shown], takes: int, first: int
) -> Compared:
    """``takes`` sounds of each kind on the films in turn, seeds from ``first`` on."""
    shown = [on_ball(films[take % len(films)], wanted) for take in range(takes)]
    words = " ".join(wanted.words)
    sounds: dict[By, list[Sound]] = {"rules": [], "network": [], "recordings": []}
    for take, film in enumerate(shown):
        sounds["rules"].append(perform_foley(under_test, film, words, "", first + take, "rules"))
        sounds["network"].append(perform_foley(under_test, film, words, "", first + take, "network"))
        if kept.sources[wanted.name]:
            sounds["recordings"].append(kept.on(film.events, wanted, take))
    return Compared(wanted, sounds)


def class_figures(compared: Compared, yamnet: Yamnet | None, sources: int) -> dict[str, Any]:
    """``named``: shares by who made the sounds, None without judge or sounds; ``distance`` to the recordings over that
    among them, None with fewer than four ``sources``."""
    accepted = yamnet.accepted.get(compared.wanted.name) if yamnet else None
    shares: dict[str, float | None] = {}
    for by, sounds in compared.sounds.items():
        hits = [yamnet.is_named(sound, accepted) for sound in sounds] if yamnet and accepted else []
        shares[by] = sum(hits) / len(hits) if hits else None
    natural = compared.sounds["recordings"]
    distances: dict[str, float | None] = {"rules": None, "network": None}
    if sources >= _FEWEST:
        distances = {by: distance_figures(compared.sounds[by], natural)["mean"] for by in ("rules", "network")}
    return {"named": shares, "distance": distances}


def better(row: Mapping[str, Any]) -> str:
    """The source that is named more often; if both are alike, the network if it is clearly nearer to recordings; else
    rules, which know no codec."""
    named_by, distance = row["named"], row["distance"]
    if named_by["rules"] != named_by["network"] and None not in (named_by["rules"], named_by["network"]):
        return "rules" if named_by["rules"] > named_by["network"] else "network"
    if None not in distance.values():
        return "network" if distance["network"] < _CLEARLY * distance["rules"] else "rules"
    return "rules"


def together(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Means over the classes: shares named, of those with recordings too; distances."""
    each = list(rows)
    beside = [row["named"] for row in each if None not in row["named"].values()]
    far = [row["distance"] for row in each if None not in row["distance"].values()]
    return {
        "named": {by: mean([shares[by] for shares in beside]) for by in ("rules", "network", "recordings")},
        "distance": {by: mean([distances[by] for distances in far]) for by in ("rules", "network")},
    }
