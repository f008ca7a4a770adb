"""Kokoro-82M as an engine, with files of the user's own: lines in 41 voices. A program: see docs/engines.md.

``talkies engines add kokoro --adapter kokoro -- FOLDER [--voice af_heart] [--licence NAME]``. Who speaks with which
voice is cast by talkies from the voices in the manifest; a line in a language that its voice does not speak gets one
that does.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.conditioning.speech.kokoro import LANGUAGES, RATE, Kokoro, facts_of
from talkies.core.conditioning.speech.kokoro_folder import hash_of, model_file, style_files
from talkies.core.conditioning.speech.named_voices import VoiceFacts
from talkies.core.engines.adapters.folders import Words, licensed
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Job, Say, serve
from talkies.core.errors import ArgumentError, InputError
from talkies.core.files.hashing import checked_hash
from talkies.core.languages import main_language

DEFAULT = "af_heart"
FIRST = (DEFAULT, "af_bella", "bf_emma", "am_fenrir", "am_michael", "am_puck")
"""Whom speakers get first: those that its makers grade best."""
KNOWN = {"6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb": "Apache-2.0"}
"""sha256 of a model → its licence: the int8 export. Any other may be anybody's, and its licence is asked for."""
BY_NAME = "santa"
"""A character, whom nobody gets unasked."""
WAYS = 0.04
"""How far a seed takes the pace of a line from that of the voice."""
STYLES = 8
"""How many tokens away a seed may take the style of a line from."""


class KokoroAdapter:
    """See the module."""

    @cached_property
    def given(self) -> argparse.Namespace:
        """``folder``, ``voice``, ``licence``, ``sellable``. Raises ArgumentError, InputError."""
        words = Words()
        words.add_argument("--voice", default="", metavar="NAME")
        given = words.parse_args()
        model_file(given.folder)
        if given.voice:
            facts_of(given.voice)
            if given.voice not in style_files(given.folder):
                there = ", ".join(style_files(given.folder))
                raise ArgumentError(f"voice {given.voice}", f"does not lie in {given.folder}", f"there are {there}")
        return given

    @cached_property
    def voices(self) -> tuple[VoiceFacts, ...]:
        """That can be read here, the first ones first. Raises InputError where there are none."""
        first = (self.given.voice, *FIRST)
        names = [name for name in style_files(self.given.folder) if name[0] in LANGUAGES]
        if not names:
            raise InputError(self.given.folder, "holds no voice in a language that can be read here")
        return tuple(map(facts_of, sorted(names, key=lambda name: first.index(name) if name in first else len(first))))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        folder = self.given.folder
        return {
            "name": "kokoro",
            "version": "82M",
            **licensed(folder, self.given, KNOWN.get(checked_hash(model_file(folder), InputError), "")),
            "tasks": ["dialogue"],
            "languages": sorted({voice.language for voice in self.voices}),
            "sample_rate": RATE,
            "fits": "lips",
            "voices": [asdict(voice) for voice in self.voices if not voice.name.endswith(BY_NAME)],
        }

    def load(self) -> str:
        self._kokoro = Kokoro(self.given.folder)
        return hash_of(self.given.folder)

    def perform(self, job: Job, say: Say) -> Floats32:
        wanted = self.wanted(job["voice"], say)
        voices = [self.voice_for(line, wanted) for line in job["lines"]]

        def read(line: Line, pace: float, number: int) -> Floats32:
            return self.read(line["text"], voices[number], pace, [job["seed"], number])

        return Placing(RATE, read).placed(job, say)

    def wanted(self, name: str, say: Say) -> VoiceFacts:
        """The voice of a job: as it says, else the first. What is not in the folder is said."""
        if name and name not in style_files(self.given.folder):
            say("note", message=f"{name!r} is no voice of Kokoro's; {self.voices[0].name} speaks instead")
            name = ""
        return facts_of(name) if name else self.voices[0]

    def voice_for(self, line: Line, wanted: VoiceFacts) -> VoiceFacts:
        """One that speaks the language of a line, if it can be of the same sex. Raises ArgumentError."""
        tag = line["language"].replace("_", "-")
        spoken = main_language(tag) or main_language(wanted.language)
        able = [voice for voice in (wanted, *self.voices) if main_language(voice.language) == spoken]
        if not able:
            languages = ", ".join(self.manifest["languages"])
            raise ArgumentError(
                f"{line['text'][:60]!r}", f"is in {tag}, which no voice speaks", f"there are {languages}"
            )
        return min(able, key=lambda voice: (voice != wanted, voice.sex != wanted.sex))

    def read(self, text: str, voice: VoiceFacts, pace: float, seed: list[int]) -> Floats32:
        """A line (N,) at one pace; a seed is a little slower or quicker, and in a slightly other style."""
        chance = np.random.default_rng(seed)
        speed, style = pace * (1 + chance.uniform(0, WAYS)), int(chance.integers(-STYLES, STYLES + 1))
        return self._kokoro.spoken(text, voice.language, voice.name, speed, style)


if __name__ == "__main__":
    serve(KokoroAdapter())
