"""Engines: models behind one small base class and one literal registry (:mod:`talkies.core.engines.base`)."""

from talkies.core.engines.base import ENGINES, Engine, Job, Line, engine_class, load_engine

__all__ = ["ENGINES", "Engine", "Job", "Line", "engine_class", "load_engine"]
