"""Evaluation: every figure of the model card (docs/design.md), by ``evaluate(source, engine)``."""

from __future__ import annotations

from typing import Any

__all__ = ["evaluate"]


def __getattr__(name: str) -> Any:
    """``evaluate`` is imported when it is used: whoever only asks what is held out need not wait."""
    if name == "evaluate":
        from talkies.core.evaluation.report import evaluate

        return evaluate
    raise AttributeError(name)
