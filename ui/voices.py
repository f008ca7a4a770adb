"""Voices in words for lists: those that ship, and those that other people's engines name."""

from __future__ import annotations

from collections.abc import Iterable

from talkies.core.conditioning.speech.named_voices import VoiceFacts, named_voices
from talkies.core.engines.choice import Speaking, speaking_for
from talkies.core.errors import ArgumentError, TalkiesError
from talkies.core.generation.planning.voices import check_voice_of
from talkies.core.timeline.formats.base import SOUND_SUFFIXES

__all__ = ["SOUND_SUFFIXES", "label_of", "speaking_by", "tip_of", "voice_problems", "voices_by"]


def speaking_by(engine: object, task: object) -> Speaking:
    """The engine that speaks, and its voices; those that ship where that is not one engine, or cannot be read:
    generating says why."""
    if isinstance(engine, str):
        try:
            return speaking_for(engine, "joint" if task == "joint" else "dialogue")
        except TalkiesError:
            pass
    return Speaking("", named_voices())


def voices_by(choices: Iterable[tuple[object, object]]) -> tuple[VoiceFacts, ...]:
    """Of several engines and tasks, each voice once."""
    found = {voice.name: voice for choice in choices for voice in speaking_by(*choice).voices}
    return tuple(found.values())


def label_of(voice: VoiceFacts) -> str:
    """For a list: the name, who speaks, and in which language."""
    return f"{voice.name}  –  {voice.about}"


def tip_of(voice: VoiceFacts) -> str:
    """All that is known of a voice, on two lines."""
    facts = ", ".join(fact for fact in (voice.sex, voice.age, voice.language) if fact)
    return f"{label_of(voice)}\n{facts}"


def voice_problems(speaking: Speaking, voice: str) -> list[str]:
    """Why an engine cannot use a voice, one sentence, or none; of no engine nothing is said."""
    try:
        if speaking.engine:
            check_voice_of(speaking, voice)
    except ArgumentError as error:
        return [str(error)]
    return []
