"""Making: from a still and a sound to a signed film, in one generator of progress.

still ─► face ─► rig        sound, phonemes ─► performance        frames ─► film ─► credential
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talkies.core.conditioning.speech.phoneme_text import PHONEMES
from talkies.core.credentials.films import Film
from talkies.core.credentials.manifest import WITH_TRAINED, Origin
from talkies.core.credentials.signing import Signing
from talkies.core.errors import MediaError
from talkies.core.events import Progress
from talkies.core.files.hashing import checked_hash
from talkies.core.mark.payload import MARK
from talkies.core.portrait.consent import Consent
from talkies.core.portrait.film import PortraitFilm, check_suffix, sound_duration
from talkies.core.portrait.finding import find_face
from talkies.core.portrait.hearing import hear
from talkies.core.portrait.learned import FILE
from talkies.core.portrait.performance import performance
from talkies.core.portrait.rig import Rig
from talkies.core.portrait.still import read_still

_NOT_SIGNED = "the film carries no credential that says it was made from a still"
_NOT_MARKED = "its sound was made without a mark, so the film's has none"


@dataclass(frozen=True)
class PortraitRequest:
    """``face``: which, from the left, from 1 on; 0 for the only one. ``spans``: phonemes in seconds of the sound, []
    where the sound alone must do; ``facts``: what a take says of itself. ``signs``: whether the user wants
    credentials."""

    still: Path
    sound: Path
    out: Path
    consent: Consent
    identity: str
    rate: Fraction = Fraction(25)
    face: int = 0
    seed: int = 0
    spans: tuple[tuple[int, float, float], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    signs: bool = True


def make_portrait(
    asked: PortraitRequest, watch: Callable[[Progress], None] = lambda progress: None
) -> tuple[int, tuple[str, ...]]:
    """Writes the film; the number of its frames, and sentences for the user. ``watch`` may raise CancelledError: then,
    as after any error, nothing is left. Raises a TalkiesError."""
    check_suffix(asked.out)
    watch(Progress(0.0, "looking for the face"))
    image = read_still(asked.still)
    rig = Rig(image, find_face(image, asked.still, asked.face))
    watch(Progress(0.0, "listening"))
    heard = hear(asked.sound, sound_duration(asked.sound))
    acted = performance(heard, list(asked.spans), asked.rate, asked.seed)
    film = PortraitFilm(rig, acted, asked.sound, asked.rate)
    film.write(asked.out, lambda done: watch(Progress(done / len(acted), "drawing the film")))
    return len(acted), tuple(_signed(asked))


def _signed(asked: PortraitRequest) -> list[str]:
    """Signs the film; sentences about what it does not carry. Neither is ever left out silently."""
    notes: list[str] = []
    signing = Signing(asked.signs, notes.append)
    if signing.is_on:
        signing.film(asked.out, origin(asked))
    else:
        notes.append(_NOT_SIGNED)
    if asked.facts.get("engine") and MARK not in asked.facts:
        notes.append(f"{asked.sound.name}: {_NOT_MARKED}")
    return notes


def origin(asked: PortraitRequest) -> Origin:
    """What the film's credential says: that a model made it, of which still and sound, and who consented."""
    facts = {name: value for name, value in asked.facts.items() if name != PHONEMES}
    recipe = {
        "kind": "portrait film",
        "version": version("talkies"),
        "weights": FILE,
        "still": {"name": asked.still.name, "hash": asked.identity},
        "consent": asdict(asked.consent),
        "sound": {"name": asked.sound.name, "take": facts},
        "rate": str(asked.rate),
        "face": asked.face,
        "seed": asked.seed,
        "phonemes_known": bool(asked.spans),
    }
    return Origin(WITH_TRAINED, recipe, (Film(asked.still.name, asked.identity),))


def identity_of(still: Path) -> str:
    """The still's hash, as consent and credential have it. Raises MediaError."""
    return f"sha256:{checked_hash(still, MediaError)}"
