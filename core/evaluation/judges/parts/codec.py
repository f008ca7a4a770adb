"""The codec by independent judges: recordings there and back beside themselves, speech and effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talkies.core.evaluation.engine_under_test import HasCodec, OnProgress
from talkies.core.evaluation.judges.effects import codec_effects
from talkies.core.evaluation.judges.parts.dialogue import codec_speech
from talkies.core.evaluation.judges.speech import ears

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext


def codec_part(given: PartContext) -> dict[str, Any] | None:
    """``speech`` and ``effects`` through the codec; None for an engine that has none, or without recordings."""
    engine = given.under_test.engine
    if not isinstance(engine, HasCodec):
        return None
    speech = codec_speech(given, engine.codec_roundtrip, _within(given.progress, 0.0, 0.4))
    effects = codec_effects(given, engine.codec_roundtrip, _within(given.progress, 0.4, 1.0))
    if speech is None and effects is None:
        return None
    absent = [*(ears().absent if speech else ()), *(effects.pop("absent") if effects else ())]
    return {"speech": speech, "effects": effects or None, "absent": absent}


def _within(progress: OnProgress, start: float, end: float) -> OnProgress:
    return lambda share, message: progress(start + share * (end - start), message)
