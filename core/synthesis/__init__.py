"""Sound from rules: what strikes, flows, burns, turns or calls, from physics and a seed; no network, no recordings.

words ─► recipe_for ─► Recipe ─► perform(strokes, spans, seed) ─► blocks at 48 kHz
"""

from talkies.core.synthesis.performing import Span, Stroke, perform
from talkies.core.synthesis.recipes import Recipe, recipe_for
from talkies.core.synthesis.streams import BLOCK

__all__ = ["BLOCK", "Recipe", "Span", "Stroke", "perform", "recipe_for"]
