"""Voice samples: a short sentence in a voice, to listen to before it is chosen."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from talkies.core.arrays import Samples, Sound
from talkies.core.credentials.signing import Signing
from talkies.core.engines.base import Brief, EngineLoader, Line, load_engine
from talkies.core.engines.choice import engines_for
from talkies.core.errors import ArgumentError
from talkies.core.events import Event, Finished, Progress
from talkies.core.files.atomic import part_file
from talkies.core.generation.request import did_you_mean
from talkies.core.languages import main_language
from talkies.core.mark.laying import SAMPLE_RATE, marked
from talkies.core.mark.payload import MARK, Payload
from talkies.core.media.sound import resampled
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.media.wav.ixml import Slate
from talkies.core.preferences import read_preferences
from talkies.core.takes.saving import plain_name
from talkies.core.times import TimeRange

SENTENCES: Final[Mapping[str, str]] = {
    "en": "This is how I sound when I speak.",
    "de": "So klinge ich, wenn ich spreche.",
    "nl": "Zo klink ik als ik spreek.",
    "fr": "Voici ma voix quand je parle.",
    "es": "Así suena mi voz cuando hablo.",
    "it": "Questa è la mia voce quando parlo.",
    "pt": "É assim que soa a minha voz quando falo.",
    "hi": "यह मेरी आवाज़ है।",
}
"""By language, as a voice has learned it; English for others."""

_LINE = TimeRange(Fraction(1, 5), Fraction(14, 5))
_DURATION = Fraction(3)
_PEAK = 0.5


@dataclass(frozen=True)
class SampleRequest:
    """``voice``: a name or a recording. ``language``: BCP-47, of what it says. ``folder``: where samples are kept."""

    voice: str
    folder: Path
    language: str = ""
    engine: str = "mini"
    device: str = "auto"

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> SampleRequest:
        """From JSON. Raises ArgumentError."""
        known = [field.name for field in fields(cls)]
        for name, value in given.items():
            if name not in known:
                raise ArgumentError(name, "is not a parameter of sample", did_you_mean(name, known))
            if not isinstance(value, str) or "\0" in value:
                raise ArgumentError(name, f"{value!r} is not text")
        if not given.get("voice") or not given.get("folder"):
            raise ArgumentError("sample", "lacks a voice or a folder", "give both")
        return cls(**{**given, "folder": Path(given["folder"])})

    @property
    def subject(self) -> str:
        return f"the sample of {self.voice}"


def make_sample(
    order: SampleRequest,
    *,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[Event]:
    """Makes the sample unless these weights have made it before; the last event's report has its ``path``. Raises a
    TalkiesError."""
    watch(Progress(0.0, "loading the engine"))
    engine = load_engine(engines_for(order.engine, ["dialogue"])[0]["dialogue"], None, order.device)
    text = SENTENCES.get(main_language(order.language), SENTENCES["en"])
    mark = Payload.of(version("talkies"), engine.name).number
    facts = {"engine": engine.name, "weights": engine.weights_hash, "voice": order.voice, "text": text, MARK: mark}
    told = hashlib.sha256(" ".join(map(str, facts.values())).encode()).hexdigest()[:12]
    path = order.folder / f"{plain_name(Path(order.voice).stem)}-{told}.wav"
    if not path.is_file():
        brief = Brief("dialogue", _DURATION, lines=(Line(_LINE, text, "", order.language),), voice=order.voice)
        blocks = engine.generate(
            engine.prepare(brief),
            seed=0,
            steps=engine.default_steps,
            guidance=engine.default_guidance,
            on_step=lambda share: watch(Progress(share, f"the voice {order.voice}")),
        )
        sound = _levelled(_marked(blocks, engine.sample_rate, mark))
        with tempfile.TemporaryDirectory() as place, part_file(path) as part:
            made = Path(place) / path.name
            write_bwf(made, [sound], slate=Slate(scene=order.voice, take="1", note=text, track=order.voice))
            Signing(read_preferences().signs).sample(made, facts)
            shutil.copyfile(made, part)
    yield Finished((), {"path": str(path)})


def _marked(blocks: Iterable[Sound], rate: int, mark: int) -> Iterator[Sound]:
    """At 48 kHz, as a take of a model is."""
    return marked((block[0] for block in resampled((np.atleast_2d(each) for each in blocks), rate, SAMPLE_RATE)), mark)


def _levelled(blocks: Iterable[Sound]) -> Samples:
    """(1, n): all of it, its highest sample at -6 dBFS."""
    sound = np.concatenate([np.zeros(0, np.float32), *blocks])
    peak = float(np.abs(sound).max(initial=0.0))
    return (sound * np.float32(_PEAK / peak) if peak else sound)[None]
