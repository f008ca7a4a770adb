"""Takes keep the phonemes of what is said in them, in seconds of their file, where the engine knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
from engines import TonesEngine, TonesPrepared

from talkies.core.conditioning.speech.phoneme_text import phoneme_spans
from talkies.core.conditioning.speech.phonemes import vocabulary
from talkies.core.credentials.settings import is_installed
from talkies.core.engines.base import Brief
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.portrait.spoken import spoken_in

SPAN = (vocabulary()["m"], 0.25, 0.5)


class Knowing(TonesEngine):
    """Says when its only phoneme is."""

    def prepare(self, brief: Brief) -> TonesPrepared:
        return replace(super().prepare(brief), phonemes=(SPAN,) if brief.task == "dialogue" else ())


def test_dialogue_keeps_them_and_effects_have_none(reel: Path) -> None:
    request = Request(reel, reel.with_name("out.otio"), background="off")
    *_, done = render(request, load_engine=lambda *_: Knowing())
    assert isinstance(done, Finished)
    kept = {take.stem: take.metadata.get("phonemes") for take in done.takes}
    assert kept == {"DX": "0.250 m 0.500", "FX": None}
    written = otio.adapters.read_from_file(str(reel.with_name("out.otio")))
    clips = [clip for clip in written.find_clips() if "phonemes" in clip.metadata.get("talkies", {})]
    assert phoneme_spans(clips[0].metadata["talkies"]["phonemes"]) == [SPAN]
    spoken = next(take for take in done.takes if take.stem == "DX")
    assert spoken_in(spoken.path).spans == ([SPAN] if is_installed() else [])  # by its credential
