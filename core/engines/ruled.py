"""Effects by rules in an engine: whether they are asked for, and when what they name sounds.

words ─► recipe_for ─► by which source? (resources/vocabularies/sources.json) ─► strokes at the spotted events,
at a pace of their own where nothing was spotted; what goes on wherever effects are audible
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from torch import Tensor

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.events import audible_frames
from talkies.core.conditioning.prompt.palette import spotted_onsets
from talkies.core.conditioning.prompt.vocabulary import GOING_ON, PromptWords
from talkies.core.segment import Source
from talkies.core.synthesis import Recipe, Span, Stroke, perform, recipe_for
from talkies.core.times import LATENT_RATE, TimeRange, latent_count

_AUDIBLE = 0.5
_EASY_FORCE, _FORCE_SPREAD = 0.7, 0.12  # of strokes that come by themselves


@dataclass(frozen=True)
class Ruled:
    """A recipe with its times; ``strokes`` None: at the recipe's own pace, drawn with the seed."""

    recipe: Recipe
    seconds: float
    strokes: tuple[Stroke, ...] | None
    spans: tuple[Span, ...] | None

    def sound(self, seed: int) -> Iterator[Sound]:
        """See :func:`talkies.core.synthesis.perform`."""
        strokes = self._paced(seed) if self.strokes is None else self.strokes
        return perform(self.recipe, strokes, self.seconds, seed, self.spans)

    def _paced(self, seed: int) -> tuple[Stroke, ...]:
        """Strokes as they come where the picture does not say when: neither regular nor equally strong."""
        if self.recipe.stroke is None:
            return ()
        rng, pace = np.random.default_rng([seed, 32]), self.recipe.stroke.pace_s
        steps = pace * rng.normal(1, 0.06, int(self.seconds / pace) + 1)
        times = 0.3 * pace + np.concatenate([[0.0], np.cumsum(np.maximum(steps, 0.5 * pace))])
        forces = np.clip(rng.normal(_EASY_FORCE, _FORCE_SPREAD, len(times)), 0.2, 1.0)
        laid = zip(times.tolist(), forces.tolist(), strict=True)
        return tuple(Stroke(time, force) for time, force in laid if self._heard(time))

    def _heard(self, time: float) -> bool:
        spans = (Span(0.0, self.seconds),) if self.spans is None else self.spans
        return any(span.start <= time < span.end for span in spans)


def recipe_asked_for(source: Source, wanted: PromptWords, unwanted: PromptWords) -> tuple[Recipe | None, list[str]]:
    """The recipe by which these words sound, None where the network makes them; sentences for what was asked for and
    cannot be."""
    recipe = recipe_for(wanted.words, unwanted.words) if wanted.words else None
    if source == "rules" and recipe is None:
        why = f"there are no rules for {' '.join(wanted.words)}" if wanted.words else "rules need a prompt"
        return None, [f"--source rules: {why}; the network makes the effects"]
    if source == "network" or recipe is None:
        return None, []
    by_rules = source == "rules" or bool(wanted.unlearned) or default_source(recipe.words) == "rules"
    return (recipe, several_strike(recipe.laid, recipe.left_out)) if by_rules else (None, [])


def unlearned(wanted: PromptWords) -> list[str]:
    """Says which words of a prompt the network does not know."""
    if not wanted.unlearned:
        return []
    return [f"the network has not learned {', '.join(wanted.unlearned)}; rules have: leave --source at auto"]


def several_strike(laid: str, left: Sequence[str]) -> list[str]:
    """Says when a prompt names more than one sound that strikes: one is ``laid``, the others are ``left`` out."""
    if not left:
        return []
    return [
        f"the prompt names several sounds that strike: {laid} is laid on all that strikes in a shot, "
        f"{', '.join(left)} is not; give shots prompts of their own"
    ]


@functools.cache
def _sources() -> dict[str, str]:
    file = resources.files("talkies.resources.vocabularies") / "sources.json"
    return dict(json.loads(file.read_text(encoding="utf-8")))


def default_source(words: Sequence[str]) -> Source:
    """What makes these words of a prompt unless somebody says otherwise: rules, unless one of them is better by the
    network."""
    return "network" if any(_sources().get(word) == "network" for word in words) else "rules"


def audible_where(events: Tensor, words: Sequence[str], inside: TimeRange | None) -> Tensor | None:
    """Where effects may sound (T,): around spotted events (T, 4). None, everywhere: for words of what goes on, or when
    words are given and nothing was spotted ``inside`` (s), for then only the user knows."""
    span = slice(None) if inside is None else slice(int(inside.start * LATENT_RATE), latent_count(inside.end))
    unsure = bool(words) and not bool((events[span, :3] > 0).any())
    return None if unsure or GOING_ON & set(words) else audible_frames(events)


def ruled(
    recipe: Recipe, events: Tensor, audible: Tensor | None, seconds: float, inside: TimeRange | None = None
) -> Ruled:
    """A recipe at the decided ``events`` (T, 4); ``audible`` (T,): where effects may be heard, None
    everywhere. What goes on does so throughout, whatever strikes; what is spotted in the handles alone, outside of
    ``inside`` (s), is no reason to be silent there."""
    onsets = tuple(Stroke(time, force) for time, force in spotted_onsets(events))
    strikes = any(inside is None or inside.start <= each.time < inside.end for each in onsets)
    spans = None if audible is None or recipe.going is not None else _spans(audible)
    return Ruled(recipe, seconds, onsets if strikes else None, spans)


def _spans(audible: Tensor) -> tuple[Span, ...]:
    """Where a row (T,) says that effects are heard, in seconds."""
    heard = np.concatenate([[0], (audible.cpu().numpy() > _AUDIBLE).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(heard)) / float(LATENT_RATE)
    return tuple(Span(float(start), float(end)) for start, end in zip(edges[::2], edges[1::2], strict=True))
