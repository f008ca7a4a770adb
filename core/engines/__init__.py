"""Engines: models behind one small base class and one literal registry (:mod:`talkies.core.engines.base`)."""

from talkies.core.engines.base import ENGINES, Brief, Engine, Line, Prepared, engine_class, load_engine

__all__ = ["ENGINES", "Brief", "Engine", "Line", "Prepared", "engine_class", "load_engine"]
