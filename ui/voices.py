"""Named voices that ship, in words for lists; their measurements belong to the engine and are not loaded here."""

from __future__ import annotations

from talkies.core.conditioning.speech.named_voices import VoiceFacts, check_voice, named_voices
from talkies.core.errors import ArgumentError
from talkies.core.timeline.formats.base import SOUND_SUFFIXES

__all__ = ["SOUND_SUFFIXES", "label_of", "named_voices", "tip_of", "voice_named", "voice_problems"]


def voice_named(name: str) -> VoiceFacts | None:
    """The voice of that name, None for a recording and for "by speaker"."""
    return next((voice for voice in named_voices() if voice.name == name), None)


def label_of(voice: VoiceFacts) -> str:
    """For a list: the name, who speaks, and in which language."""
    return f"{voice.name}  –  {voice.about}"


def tip_of(voice: VoiceFacts) -> str:
    """All that is known of a voice, on two lines."""
    facts = ", ".join(fact for fact in (voice.sex, voice.age, voice.language) if fact)
    return f"{label_of(voice)}\n{facts}"


def voice_problems(voice: str) -> list[str]:
    """Why a voice cannot be used, one sentence, or none."""
    try:
        check_voice(voice)
    except ArgumentError as error:
        return [str(error)]
    return []
