"""What every reader returns: an OTIO timeline, and what OTIO has no place for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Loaded:
    """A file as an OTIO timeline; the rest is what a reader knows better than OTIO says (None: it does not)."""

    document: Any
    rate: Fraction | None = None
    start: Fraction | None = None
    drop_frame: bool = False
    warnings: tuple[str, ...] = ()
    bundle: Path | None = None
    rate_is_guess: bool = False
