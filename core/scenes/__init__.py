"""Rendered scenes with known events: what the model learns synchrony from, and is judged by."""

from talkies.core.scenes.plain import Event, Scene, exact_time
from talkies.core.scenes.staging import KINDS, render_scene

__all__ = ["KINDS", "Event", "Scene", "exact_time", "render_scene"]
