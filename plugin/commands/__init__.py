"""One file per command of ``talkies``: ``add_arguments`` describes it, ``run`` does it and returns the exit code.

A command is imported when it is asked for: ``talkies inspect`` needs nothing of what generates.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Protocol, cast

COMMANDS = {
    "demo": "make a small silent film, give it sound, and show the result",
    "inspect": "list the segments of a timeline: record range, source range, subtitles, warnings",
    "shots": "cut a film that is one piece where its shots begin, and write it as a timeline",
    "generate": "generate sound for a timeline and write a new timeline with it on new tracks",
    "batch": "generate sound for many reels: whole folders, in workers side by side, going on where it ended",
    "redo": "make takes again from their own metadata, sample for sample, or say why they cannot be",
    "verify": "where sound comes from: credential, mark and recipe of a file, a timeline's takes or a folder",
    "credentials": "who signs what is made: show, create, or use a certificate of your own",
    "spot": "list what sounds when in a timeline: a spotting list to edit, for generate --spots",
    "perform": "turn taps, or a voice recorded while the picture played, into a spotting list",
    "portrait": "make a still portrait speak or sing: a film of it with a take, a recording or a line",
    "turnover": "collect a turnover for a post house: cut, takes, stems, reference movie, cue sheet, README",
    "panel": "open the panel: timeline, transcript, takes, in a window",
    "blender": "the extension for Blender: pack it, or install it",
    "resolve": "DaVinci Resolve: install the menu entries, or open the panel for its free edition",
    "library": "your own recordings: add folders of them, list them, find some by words",
    "engines": "what makes the sound: list, show, add, remove and test engines, other people's too",
    "models": "list, show, pull and verify weights",
    "evaluate": "measure sync, speech, fidelity, leak, placement and speed",
    "train": "train or fine-tune the model (resumable; torchrun starts it on several devices)",
    "worker": "answer requests, one JSON object per line, on standard input and output (for editor plugins)",
    "mcp": "answer assistants (Model Context Protocol) on standard input and output",
    "doctor": "check this machine: device, codecs, espeak, weights, Qt, OTIO adapters, editors and their extensions",
}
"""Name to one line for ``--help``, in the order in which they are listed."""


class Command(Protocol):
    """What each module here has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


def load(name: str) -> Command:
    """The command of that name of COMMANDS."""
    return cast(Command, import_module(f"{__name__}.{name}"))
