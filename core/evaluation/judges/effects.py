"""Prompted effects by YAMNet, recordings at the same events beside them; and by measures that no classifier makes.

class × film × take ─► Asked ─► named? (YAMNet)  takes apart (envelopes)  distance to recordings (envelopes)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.evaluation.figures.prompt import KeptStrokes, Laid, seen_scenes
from talkies.core.evaluation.judges.calling import Call
from talkies.core.evaluation.judges.envelopes import distance_figures, spread_db
from talkies.core.evaluation.judges.intervals import grouped, relative
from talkies.core.evaluation.judges.shown import STAGES, Asked, Films, Shown, asked, perform_foley, shown
from talkies.core.evaluation.judges.yamnet import Yamnet
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.prompt_classifier import CLASSES, NamedClass

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext

FOOTSTEPS = "footsteps"
"""Not among the first five even on recordings: judged by the rank of one class instead."""

STEP_NAME = "Walk, footsteps"

_WALKING = "walking"
_ASIDE = 500  # seeds of sounds that only say what a picture sounds like without words


def effects_part(given: PartContext) -> dict[str, Any] | None:
    """All figures of prompts; None without recordings."""
    folder, sizes = given.material.foley_folder, given.sizes
    if folder is None or not sizes.judged_scenes:
        return None
    call = Call()
    yamnet = call.yamnet(given.material.folder)
    kept = laid(folder)
    given.progress(0.0, "judged prompts: scenes")
    films = Films.seen(given.under_test)
    wanted = classes(kept, yamnet)
    figures: dict[str, Any] = {}
    for place, stage in enumerate(STAGES):
        start, end = 0.4 * place, 0.4 * (place + 1)
        rows: list[Asked] = []
        for number, each in enumerate(wanted):
            share = start + (end - start) * number / len(wanted)
            given.progress(share, f"judged prompts: {' '.join(each.words)} ({stage.replace('_', ' ')})")
            on = films.of(stage, each, number, sizes.judged_scenes)
            rows += asked(given.under_test, kept, each, on, sizes.judged_takes)
        figures[stage] = {**named_figures(rows, yamnet), "takes": take_figures(rows, yamnet), "distance": far(rows)}
    given.progress(0.8, "judged prompts: footsteps")
    figures["footsteps"] = footstep_figures(given, kept, yamnet)
    given.progress(0.85, "judged prompts: negative")
    scenes = [shown(seen) for seen in (*films.hits, *films.going)] if sizes.negative_prompts else []
    figures["negative"] = negative_figures(given.under_test, yamnet, scenes)
    return {**figures, "absent": call.absent}


def laid(foley_folder: Path) -> Laid:
    """Held-out recordings, to be laid at events."""
    return Laid(KeptStrokes(foley_folder, "test"), 1)


def classes(kept: Laid, yamnet: Yamnet | None) -> list[NamedClass]:
    """Those with recordings and, where the judge is there, with names that it accepts; footsteps apart."""
    there = [each for each in CLASSES if kept.sources[each.name] and each.name != FOOTSTEPS]
    return [each for each in there if yamnet is None or yamnet.accepted.get(each.name)]


def _is_named(yamnet: Yamnet, sound: Sound, wanted: NamedClass) -> bool:
    return yamnet.is_named(sound, yamnet.accepted[wanted.name])


def named_figures(rows: Sequence[Asked], yamnet: Yamnet | None) -> dict[str, Any]:
    """Share named of ours and of recordings, per class and together; {} without the judge."""
    if yamnet is None:
        return {}
    heard = {
        name: [
            ((row.wanted.name, row.film), float(_is_named(yamnet, sound, row.wanted)))
            for row in rows
            for sound in (row.generated if name == "generated" else row.natural)
        ]
        for name in ("generated", "natural")
    }
    groups = grouped(*([(group, hit, 1) for group, hit in heard[name]] for name in ("generated", "natural")))
    by_class = {
        each: {name: mean(hit for (of, _), hit in heard[name] if of == each) for name in ("natural", "generated")}
        for each in dict.fromkeys(row.wanted.name for row in rows)
    }
    return {
        "sounds": len(heard["generated"]),
        "named": relative(groups),
        "classes": by_class,
        "never_named": never_named(by_class),
    }


def never_named(by_class: dict[str, dict[str, float | None]]) -> list[str]:
    """Classes of which ours are never named although more than half of the recordings are."""
    return [name for name, rates in by_class.items() if not rates["generated"] and (rates["natural"] or 0.0) > 0.5]


def take_figures(rows: Sequence[Asked], yamnet: Yamnet | None) -> dict[str, Any]:
    """How far takes of one prompt lie apart (dB), over how far recordings do, on films where most takes are named."""
    if yamnet is None:
        return {}
    counted = [row for row in rows if len(row.generated) > 1 and _mostly_named(row, yamnet)]
    ours, natural = ([spread_db(sounds) for sounds in side] for side in (
        [row.generated for row in counted], [row.natural for row in counted]
    ))  # fmt: skip
    ratio = sum(ours) / sum(natural) if natural and sum(natural) else None
    return {"films": len(counted), "generated_db": mean(ours), "natural_db": mean(natural), "relative": ratio}


def _mostly_named(row: Asked, yamnet: Yamnet) -> bool:
    hits = sum(_is_named(yamnet, sound, row.wanted) for sound in row.generated)
    return 2 * hits > len(row.generated)


def far(rows: Sequence[Asked]) -> dict[str, Any]:
    """Distances to recordings relative to those among recordings (envelopes.py): per class, and their mean."""
    by_class: dict[str, dict[str, float | None]] = {}
    for name in dict.fromkeys(row.wanted.name for row in rows):
        of = [row for row in rows if row.wanted.name == name]
        ours, natural = ([s for r in of for s in r.generated], [s for r in of for s in r.natural])
        by_class[name] = distance_figures(ours, natural)
    return {"classes": by_class, "mean": mean(each["mean"] for each in by_class.values() if each["mean"] is not None)}


def footstep_figures(given: PartContext, kept: Laid, yamnet: Yamnet | None) -> dict[str, Any] | None:
    """Median rank of "Walk, footsteps" among 521 on scenes where somebody walks; None without judge or recordings."""
    wanted = next(each for each in CLASSES if each.name == FOOTSTEPS)
    if yamnet is None or not kept.sources[FOOTSTEPS]:
        return None
    scenes = [shown(seen) for seen in seen_scenes((_WALKING,) * given.sizes.judged_scenes, given.under_test)]
    walked = [scene for scene in scenes if scene.events][: given.sizes.judged_scenes]
    rows = list(asked(given.under_test, kept, wanted, walked, given.sizes.judged_takes))
    ours = [yamnet.rank(sound, STEP_NAME) for row in rows for sound in row.generated]
    natural = [yamnet.rank(sound, STEP_NAME) for row in rows for sound in row.natural]
    return {
        "sounds": len(ours),
        "median_rank": {"natural": _median(natural), "generated": _median(ours)},
        "relative": _median(ours) / _median(natural) if ours and natural else None,
    }


def negative_figures(
    under_test: EngineUnderTest, yamnet: Yamnet | None, scenes: Sequence[Shown]
) -> dict[str, Any] | None:
    """Of the classes heard in sounds of the picture alone: how often they are heard in another take, and how often in
    that take when their words are the negative prompt; None without judge or scenes."""
    if yamnet is None or not scenes:
        return None
    again: list[tuple[str, float, float]] = []
    unwanted: list[tuple[str, float, float]] = []
    for number, film in enumerate(scenes):
        for wanted in _heard(yamnet, perform_foley(under_test, film, "", "", _ASIDE + number)):
            for found, words in ((again, ""), (unwanted, " ".join(wanted.words))):
                sound = perform_foley(under_test, film, "", words, number)
                found.append((film.name, float(_is_named(yamnet, sound, wanted)), 1.0))
    figures = relative(grouped(unwanted, again))
    return {
        "classes_heard": len(again),
        "named_when_not_mentioned": figures["natural"],
        "named_when_unwanted": figures["generated"],
        "relative": figures["relative"],
        "relative_95_percent": figures["relative_95_percent"],
    }


def _heard(yamnet: Yamnet, sound: Sound) -> list[NamedClass]:
    """Our classes of which an accepted name is among the first five."""
    known = [each for each in CLASSES if yamnet.accepted.get(each.name)]
    return [each for each in known if _is_named(yamnet, sound, each)] if np.any(sound) else []


def codec_effects(given: PartContext, roundtrip: Any, progress: OnProgress) -> dict[str, Any] | None:
    """The recordings laid on the scenes through the codec, named beside themselves; None without recordings."""
    folder = given.material.foley_folder
    if folder is None or not given.sizes.judged_scenes:
        return None
    call = Call()
    yamnet = call.yamnet(given.material.folder)
    if yamnet is None:
        return {"absent": call.absent}
    kept, films = laid(folder), Films.seen(given.under_test)
    rows = []
    wanted = classes(kept, yamnet)
    for number, each in enumerate(wanted):
        progress(number / len(wanted), f"judged codec: {each.name}")
        for place, film in enumerate(films.of(STAGES[0], each, number, given.sizes.judged_scenes)):
            takes = range(given.sizes.judged_takes)
            natural = tuple(kept.on(film.events, each, place * len(takes) + take) for take in takes)
            rows.append(Asked(each, film.name, tuple(roundtrip(sound) for sound in natural), natural))
    return {**named_figures(rows, yamnet), "distance": far(rows), "absent": []}


def _median(values: Collection[float]) -> float:
    return float(np.median(list(values)))
