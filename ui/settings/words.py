"""Names of the settings, and what each of them does in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from talkies.core.generation.request import MAX_GUIDANCE, MAX_STEPS, MAX_TAKES


def names() -> Mapping[str, str]:
    """By setting, in the order of the form."""
    return {
        "task": tr("Generate"),
        "prompt": tr("Prompt"),
        "negative_prompt": tr("Exclude"),
        "voice": tr("Voice"),
        "seed": tr("Seed"),
        "takes": tr("Takes"),
        "level_db": tr("Level"),
        "steps": tr("Steps"),
        "guidance": tr("Guidance"),
        "engine": tr("Engine"),
        "device": tr("Device"),
    }


def tips() -> Mapping[str, str]:
    """By setting."""
    return {
        "task": tr(
            "What is made: dialogue from the subtitles (DX) and effects from the picture (FX), one of them, "
            "or both in one pass on one mixed track (MIX). A portrait is a still with its dialogue, and a film of it "
            "that speaks (PX)."
        ),
        "prompt": tr(
            "What should be heard in the effects: materials and actions, such as “footsteps, gravel”. "
            "Without one the picture decides. Ctrl+L comes here."
        ),
        "negative_prompt": tr("What should not be heard in the effects."),
        "voice": tr(
            "Who speaks: a voice that ships, or a recording that you drop here. “by speaker” lets the name in the "
            "subtitle choose. Voices of single speakers are chosen in the transcript and go first."
        ),
        "seed": tr("Where chance starts: the same seed and settings make the same sound on this machine."),
        "takes": tr("How many tries of each sound are made, each with the next seed; at most {most}.").format(
            most=MAX_TAKES
        ),
        "level_db": tr("Louder or softer: added to all takes of the shot when they are played and written back."),
        "steps": tr(
            "Rounds from noise to sound, 1 to {most}: more is cleaner and takes longer. “Default” is what the engine "
            "was made for."
        ).format(most=MAX_STEPS),
        "guidance": tr(
            "How strictly the sound follows picture, words and prompt, 0 to {most:g}: too much sounds forced. "
            "“Default” is what the engine was made for."
        ).format(most=MAX_GUIDANCE),
        "engine": tr("Which model makes the sound; “mini” ships with talkies."),
        "device": tr("What computes: “Automatic” takes a graphics card where there is one, else the processor."),
    }


def mix_names() -> Mapping[str, str]:
    """Of the settings of the whole timeline, in the order of the form."""
    return {"background": tr("Background"), "width": tr("Width"), "pan_law": tr("Pan law"), "mark": tr("Mark")}


def mix_tips() -> Mapping[str, str]:
    """By setting."""
    return {
        "background": tr(
            "The bed under the shots, made along with their effects: by the picture (Automatic), none (Off), or words, "
            "such as “kitchen, rain”. “Default” is automatic, or as you have configured it. Spots of the kind "
            "background have their own words."
        ),
        "width": tr(
            "How far out the edges of the picture are heard: 1 is from loudspeaker to loudspeaker, 0 makes mono files."
        ),
        "pan_law": tr(
            "How much lower each side is for what sounds in the middle: −3 dB keeps the power, −6 dB the sum."
        ),
        "mark": tr(
            "A mark in the sound that says that a model made it: ‘talkies verify’ finds it, also after delivery. Takes "
            "that are there stay as they are."
        ),
    }


def music_names() -> Mapping[str, str]:
    """Of the settings of the music, in the order of the form."""
    return {
        "tempo": tr("Tempo"),
        "ensemble": tr("Ensemble"),
        "hits": tr("Hits"),
        "stretch": tr("Stretch"),
        "duck": tr("Ducking"),
    }


def music_tips() -> Mapping[str, str]:
    """By setting."""
    return {
        "tempo": tr(
            "Quarters a minute of the music that Ctrl+Alt+M composes over the chosen shots. “Automatic”: as its mood "
            "and what it meets want it. Mood and key are words of the prompt, such as “misterioso in D minor”."
        ),
        "ensemble": tr("Who plays; what the prompt says, else a piano, unless you choose."),
        "hits": tr("What the music meets with its accents: cuts, spots, markers of the timeline, or none."),
        "stretch": tr("How much the tempo may give between two hits, so that both are met."),
        "duck": tr("How far the music makes way for speech, and more where it is loud; 0: not at all."),
    }


def tr(text: str) -> str:
    """For translation, outside of a widget."""
    return QCoreApplication.translate("SettingsPanel", text)
