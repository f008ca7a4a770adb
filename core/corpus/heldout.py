"""Held-out material: fixed by file name, so that a file keeps its side for ever.

    from talkies.core.corpus.heldout import is_heldout_speech, is_heldout_effect, is_heldout_scene, split_speech

All takes of one sentence fall on one side: the rule looks at the sentence's number, not at the take. Two files can
still hold the same text under two numbers; :func:`split_speech` leaves such rows out of training as well.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

HELDOUT_SCENE_SEED = 1_000_000
"""Rendered scenes with this seed or a higher one are for evaluation only."""

SPEECH_ONE_IN = 20
"""One sentence of so many is held out (5 %)."""

EFFECTS_ONE_IN = 25
"""One effect of so many is held out (4 %)."""

HELDOUT_SIGNERS = ("asl_book", "asl_eat", "asl_walk", "asl_want")
"""Films of ``video/real`` in which people sign that are for evaluation only: three people who are in no other."""

_REMAINDER = 7
_NEVER_TRAINED = ("grid_other_speakers", "clips")  # folders of shared/data/video that are there to test with
_NUMBERED = re.compile(r"^(?:arctic_[ab]|de_rhasspy-|nl_rhasspy_)(\d+)(?:_\d+)?$")
_ESC = re.compile(r"(?<=\d)-[A-Z]$")  # esc10 cuts one recording into pieces -A, -B, ...: they stay together

Row = TypeVar("Row", bound=Mapping[str, str])


def is_heldout_speech(file: str) -> bool:
    """Whether a speech recording (path or name, as in ``transcripts.csv`` or ``grid_s1_transcripts.csv``) is held out.

    Numbered sentences (ARCTIC, Rhasspy): number % 20 == 7. Anything else, GRID among it: CRC-32 of the name % 20 == 7.
    """
    path = PurePosixPath(file.replace("\\", "/"))
    if any(folder in path.parts for folder in _NEVER_TRAINED):
        return True
    numbered = _NUMBERED.match(path.stem)
    number = int(numbered[1]) if numbered else zlib.crc32(path.stem.encode())
    return number % SPEECH_ONE_IN == _REMAINDER


def is_heldout_effect(file: str) -> bool:
    """Whether an effect (path or name, as in ``foley/tags.csv``) is held out of the codec: CRC-32 % 25 == 7.

    Scenes are sounded by another rule, the list in ``resources/vocabularies/heldout.json``.
    """
    name = _ESC.sub("", PurePosixPath(file.replace("\\", "/")).stem)
    return zlib.crc32(name.encode()) % EFFECTS_ONE_IN == _REMAINDER


def is_heldout_scene(seed: int) -> bool:
    """Whether a rendered scene is for evaluation only."""
    return seed >= HELDOUT_SCENE_SEED


def split_speech(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """(training, held out) rows of a ``transcripts.csv``; each row has ``file`` and ``text``.

    A row whose text is also said in a held-out file belongs to neither side.
    """
    everything = list(rows)
    held_out = [row for row in everything if is_heldout_speech(row["file"])]
    texts = {_letters(row["text"]) for row in held_out}
    training = [row for row in everything if not is_heldout_speech(row["file"]) and _letters(row["text"]) not in texts]
    return training, held_out


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
