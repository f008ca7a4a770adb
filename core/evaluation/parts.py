"""The parts of an evaluation, each by its name: what it needs, how long it takes, and who computes it.

codec     recordings there and back, beside Opus    degraded  the same scenes on damaged film
dialogue  word error, cue fit, pauses, melody       film      real film, and where nothing is struck
voices    does a recording find its voice?          prompts   is heard what was asked for?
lips      words on a real speaking face             steps     few evaluations beside many
foley     onsets on scenes, leak                    speed     end to end, and the size of the weights
judged_…  by ears that trained nothing and are not ours: judges/registry.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from talkies.core.errors import ArgumentError
from talkies.core.evaluation.engine_under_test import HasCodec, OnProgress
from talkies.core.evaluation.judges.registry import JUDGED
from talkies.core.evaluation.part_context import PartContext, Sizes


@dataclass(frozen=True)
class Part:
    """``figures`` computes them (None: nothing to judge); ``sizes`` are those it depends on.

    ``seconds``: about how long it takes on two cores at given sizes; only progress goes by it.
    """

    figures: Callable[[PartContext], dict[str, Any] | None]
    sizes: tuple[str, ...]
    seconds: Callable[[Sizes], float]


def _codec(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.codec import codec_figures

    engine, sizes = given.under_test.engine, given.sizes
    if not isinstance(engine, HasCodec) or not (given.material.sentences or given.material.effects):
        return None
    return codec_figures(engine, given.material, sizes.codec_sentences, sizes.codec_effects, given.progress)


def _dialogue(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.dialogue import dialogue_figures

    if not given.material.english():
        return None
    sizes = given.sizes
    return dialogue_figures(given.under_test, given.material, sizes.sentences, sizes.foreign_sentences, given.progress)


def _voices(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.voices import voice_figures

    return voice_figures(given.under_test, given.material, given.sizes.voices, given.progress)


def _lips(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.lips import lip_figures

    if not (given.material.folder / "video" / "grid_s1_words.csv").is_file():
        return None
    return lip_figures(given.under_test, given.material.folder, given.sizes.lip_clips, given.progress) or None


def _foley(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.card.plots import plot_scenes
    from talkies.core.evaluation.figures.foley import foley_figures
    from talkies.core.evaluation.figures.voice_activity import detected_in_foley

    sizes = given.sizes
    figures, heard = foley_figures(
        given.under_test,
        given.material.foley_folder,
        sizes.scenes,
        given.progress,
        prompted=sizes.prompted,
        recognise=0,  # a detector of voices listens instead
        tuning_scenes=sizes.tuning_scenes,
    )
    if given.out is not None:
        plot_scenes(heard, given.out / "scenes.png")
    return {**figures, "voice_activity": detected_in_foley(heard, given.material)}


def _degraded(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.degraded import degraded_figures

    scenes = given.sizes.degraded_scenes
    return degraded_figures(given.under_test, scenes, given.progress) if scenes else None


def _film(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.film import film_figures, films_together, speaking_figures, still_figures

    films, talkers = given.material.films[: given.sizes.films], given.material.talkers[: given.sizes.talkers]
    whole = len(films) + len(talkers)
    if not whole:
        return None
    border = len(films) / whole
    rows = film_figures(given.under_test, films, within(given.progress, 0, border))
    return {
        "films": rows,
        "together": films_together(rows),
        "people_who_speak": speaking_figures(given.under_test, talkers, within(given.progress, border, 1)),
        "held_frame": still_figures(given.under_test, (*films, *talkers)[0]),
    }


def _prompts(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.prompt import prompt_figures

    folder, sizes = given.material.foley_folder, given.sizes
    if folder is None or not sizes.prompts_per_class:
        return None
    return prompt_figures(
        given.under_test, folder, sizes.prompts_per_class, given.progress, negative=sizes.negative_prompts
    )


def _steps(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.steps import steps_figures

    sizes = given.sizes
    return steps_figures(given.under_test, given.material, sizes.steps_scenes, sizes.steps_sentences, given.progress)


def _speed(given: PartContext) -> dict[str, Any] | None:
    from talkies.core.evaluation.figures.speed import speed_figures

    return speed_figures(given.subject, given.sizes.speed_s, given.progress)


PARTS: dict[str, Part] = {
    "codec": Part(_codec, ("codec_sentences", "codec_effects"), lambda n: 3 * n.codec_sentences + n.codec_effects),
    "dialogue": Part(
        _dialogue, ("sentences", "foreign_sentences"), lambda n: 4 * n.sentences + 6 * n.foreign_sentences
    ),
    "voices": Part(_voices, ("voices",), lambda n: 2 * n.voices),
    "lips": Part(_lips, ("lip_clips",), lambda n: 2 * n.lip_clips),
    "foley": Part(
        _foley,
        ("scenes", "tuning_scenes", "prompted"),
        lambda n: (3 + 2 * n.prompted) * n.scenes + n.tuning_scenes,
    ),
    "degraded": Part(_degraded, ("degraded_scenes",), lambda n: 36 * n.degraded_scenes),
    "film": Part(_film, ("films", "talkers"), lambda n: 12 * n.films + 2 * n.talkers),
    "prompts": Part(
        _prompts,
        ("prompts_per_class", "negative_prompts"),
        lambda n: 60 + 50 * n.prompts_per_class + 90 * n.negative_prompts,
    ),
    "steps": Part(_steps, ("steps_scenes", "steps_sentences"), lambda n: 18 * n.steps_scenes + 8 * n.steps_sentences),
    "speed": Part(_speed, ("speed_s",), lambda n: 5 + n.speed_s),
    **{name: Part(*judged) for name, judged in JUDGED.items()},
}


def within(progress: OnProgress, start: float, end: float) -> OnProgress:
    """Progress of a part of the work that lasts from ``start`` to ``end`` (0 … 1) of the whole."""
    return lambda share, message: progress(start + share * (end - start), message)


def chosen_parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """All parts, or those of the names given, in their order. Raises ArgumentError."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise ArgumentError("--only", f"unknown part {unknown[0]!r}", f"use some of {', '.join(PARTS)}")
    return tuple(name for name in PARTS if not names or name in names)
