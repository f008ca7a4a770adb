"""Who speaks with which voice: cast for the whole timeline, checked before anything is loaded or looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from talkies.core.conditioning.speech.casting import Role, cast, shared_voices
from talkies.core.conditioning.speech.named_voices import check_voice
from talkies.core.engines.choice import Speaking, speaking_for
from talkies.core.errors import ArgumentError
from talkies.core.generation.request import Request, did_you_mean
from talkies.core.segment import Cue, Stem

NOBODY = ("foley", "background", "music")
"""Tasks in which nobody speaks."""


@dataclass(frozen=True)
class Cast:
    """``voices``: the name of each speaker's; ``notes``: sentences for the user."""

    voices: Mapping[str, str]
    notes: tuple[str, ...] = ()


def cast_voices(cues: Iterable[Cue], request: Request, given: Mapping[str, str]) -> Cast:
    """A voice for each speaker of the whole timeline, so that it does not depend on the segments that are chosen;
    ``given``: by speaker. Nobody is cast where one voice was asked for, or where the engine names no voices; who was
    given another engine's voice is cast anew."""
    speaking = _speaking(request)
    offered = () if speaking.ours else speaking.voices
    if request.voice or not speaking.voices:
        return Cast(dict(given), _alike(request, given))
    names = {voice.name for voice in offered}
    strange = {speaker: voice for speaker, voice in given.items() if names and voice not in names}
    kept = {speaker: voice for speaker, voice in given.items() if speaker not in strange}
    spoken = sorted((cue for cue in cues if cue.kind == "speech"), key=lambda cue: cue.range)
    languages = {cue.speaker: cue.language for cue in reversed(spoken)}
    roles = [Role(speaker, languages[speaker]) for speaker in dict.fromkeys(cue.speaker for cue in spoken)]
    voices = {**kept, **cast(roles, kept, offered or None)}
    anew = (
        f"engine {speaking.engine} has no voice {voice}: {voices[speaker]} speaks for {speaker or 'who has no name'}"
        for speaker, voice in strange.items()
        if speaker in voices
    )
    return Cast(voices, (*_alike(request, voices), *anew))


def check_voices(stems: Iterable[Stem], request: Request) -> None:
    """Raises ArgumentError for a voice that the engine that speaks does not have."""
    speaking = _speaking(request)
    for voice, speaker in dict.fromkeys((stem.voice, stem.speaker) for stem in stems):
        check_voice_of(speaking, voice, speaker)


def check_voice_of(speaking: Speaking, voice: str, speaker: str = "") -> None:
    """Raises ArgumentError for a voice that an engine does not have; one that names none has any."""
    names = [each.name for each in speaking.voices]
    if speaking.ours:
        check_voice(voice, speaker)
    elif names and voice and voice not in names:
        cure = f"{did_you_mean(voice, names)}; 'talkies engines show {speaking.engine}' has them all"
        raise ArgumentError(f"voice {voice[:80]!r}", f"is none of engine {speaking.engine}", cure)


def _speaking(request: Request) -> Speaking:
    return speaking_for(request.engine, "joint" if request.task == "joint" else "dialogue")


def _alike(request: Request, voices: Mapping[str, str]) -> tuple[str, ...]:
    sentence = shared_voices(voices) if request.task not in NOBODY else ""
    return (sentence,) if sentence else ()
