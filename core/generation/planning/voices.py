"""Who speaks with which voice: cast for the whole timeline, checked before anything is loaded or looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from talkies.core.conditioning.speech.casting import Role, cast, shared_voices
from talkies.core.conditioning.speech.named_voices import VoiceFacts, check_voice
from talkies.core.engines.base import ENGINES, NAMED_VOICES
from talkies.core.engines.choice import engines_for
from talkies.core.engines.guests.found import guests
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
    offered = _voices_of_guest(request)
    if request.voice or not (offered or _has_ours(request)):
        return Cast(dict(given), _alike(request, given))
    names = {voice.name for voice in offered}
    strange = {speaker: voice for speaker, voice in given.items() if names and voice not in names}
    kept = {speaker: voice for speaker, voice in given.items() if speaker not in strange}
    spoken = sorted((cue for cue in cues if cue.kind == "speech"), key=lambda cue: cue.range)
    languages = {cue.speaker: cue.language for cue in reversed(spoken)}
    roles = [Role(speaker, languages[speaker]) for speaker in dict.fromkeys(cue.speaker for cue in spoken)]
    voices = {**kept, **cast(roles, kept, offered or None)}
    anew = (
        f"engine {_speaking(request)} has no voice {voice}: {voices[speaker]} speaks for {speaker or 'who has no name'}"
        for speaker, voice in strange.items()
        if speaker in voices
    )
    return Cast(voices, (*_alike(request, voices), *anew))


def check_voices(stems: Iterable[Stem], request: Request) -> None:
    """Raises ArgumentError for a voice that the engine that speaks does not have."""
    names = [voice.name for voice in _voices_of_guest(request)]
    for voice, speaker in dict.fromkeys((stem.voice, stem.speaker) for stem in stems):
        if _has_ours(request):
            check_voice(voice, speaker)
        elif names and voice and voice not in names:
            cure = f"{did_you_mean(voice, names)}; 'talkies engines show {_speaking(request)}' has them all"
            raise ArgumentError(f"voice {voice[:80]!r}", f"is none of engine {_speaking(request)}", cure)


def _has_ours(request: Request) -> bool:
    """Whether the engine that is asked to speak has the voices that ship."""
    return _speaking(request) in NAMED_VOICES


def _speaking(request: Request) -> str:
    """The engine that is asked to speak."""
    task = "joint" if request.task == "joint" else "dialogue"
    return engines_for(request.engine, [task])[0][task]


def _voices_of_guest(request: Request) -> tuple[VoiceFacts, ...]:
    """Those that an engine of somebody else's names, () where it names none."""
    name = _speaking(request)
    guest = guests().get(name) if name not in ENGINES else None
    return guest.manifest.voices if guest is not None and guest.manifest is not None else ()


def _alike(request: Request, voices: Mapping[str, str]) -> tuple[str, ...]:
    sentence = shared_voices(voices) if request.task not in NOBODY else ""
    return (sentence,) if sentence else ()
