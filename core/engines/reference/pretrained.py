"""Models in folders as transformers and diffusers save them, read offline; one sentence says where they cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from talkies.core.errors import MissingExtraError, WeightsError, in_one_line


def extra(module: str) -> Any:
    """An optional module of the extra [vssflow]. Raises MissingExtraError."""
    try:
        return import_module(module)
    except ImportError as error:
        problem, cure = f"needs diffusers and transformers ({error})", 'pip install "talkies[vssflow]"'
        raise MissingExtraError("engine vssflow", problem, cure) from None


def loaded(kind: Any, folder: Path, missing: str) -> Any:
    """A model of a class with ``from_pretrained``, all that it has learned from the folder. ``missing``: the cure where
    there is no such folder. Raises WeightsError."""
    if not (folder / "config.json").is_file():
        raise WeightsError(folder, "does not exist", missing)
    try:
        with _quietly():
            model, facts = kind.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
    except Exception as error:  # noqa: BLE001 - a damaged folder surfaces as nearly any exception
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise WeightsError(folder, f"cannot be loaded ({in_one_line(reason)})") from None
    if lacking := sorted(set(facts["missing_keys"]) & {name for name, _ in model.named_parameters()}):
        raise WeightsError(folder, f"lacks {lacking[0]}", "it belongs to another model")
    return model.eval().requires_grad_(False)


@contextmanager
def _quietly() -> Iterator[None]:
    """Both libraries report on what they do not need, and show their progress."""
    logs = [import_module(f"{name}.utils.logging") for name in ("transformers", "diffusers") if name in sys.modules]
    before = [(log, log.get_verbosity(), log.is_progress_bar_enabled()) for log in logs]
    for log in logs:
        log.set_verbosity_error()
        log.disable_progress_bar()
    try:
        yield
    finally:
        for log, verbosity, shown in before:
            log.set_verbosity(verbosity)
            if shown:
                log.enable_progress_bar()
