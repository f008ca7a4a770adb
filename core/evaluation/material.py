"""What there is to judge with in a data folder: held-out recordings, and real film.

The folder is laid out like ``shared/data``; each part is optional. When fewer than five recordings of a folder are
held out by rule, all are taken: then it is a folder that nothing was trained on, or the figures say so themselves
(``selection``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import numpy as np

from talkies.core.corpus.heldout import is_heldout_effect, split_speech
from talkies.core.corpus.tables import read_table
from talkies.core.errors import InputError
from talkies.core.languages import main_language

_FEWEST = 5
_FILM_SUFFIXES = (".mp4", ".mov", ".webm", ".mkv", ".m4v")

Selection = Literal["held out", "all"]


@dataclass(frozen=True)
class Sentence:
    """A recorded sentence; ``language`` is a BCP-47 tag."""

    path: Path
    speaker: str
    text: str
    language: str


@dataclass(frozen=True)
class Material:
    """What a folder offers; ``selection`` tells by which rule, per part; ``talkers``: films of unseen faces."""

    folder: Path
    sentences: tuple[Sentence, ...]
    effects: tuple[Path, ...]
    films: tuple[Path, ...]
    talkers: tuple[Path, ...]
    foley_folder: Path | None
    selection: dict[str, Selection]

    def english(self) -> tuple[Sentence, ...]:
        """Those that the recogniser understands."""
        return self.spoken_in("en")

    def spoken_in(self, language: str) -> tuple[Sentence, ...]:
        """Those in a language (first part of its BCP-47 tag)."""
        return tuple(sentence for sentence in self.sentences if main_language(sentence.language) == language)

    def languages(self) -> tuple[str, ...]:
        """The languages there are (first parts of their tags), in order of appearance."""
        return tuple(dict.fromkeys(main_language(sentence.language) for sentence in self.sentences))


def read_material(folder: Path) -> Material:
    """Raises InputError when the folder has none of the parts."""
    speech, effects = folder / "speech" / "transcripts.csv", folder / "foley" / "tags.csv"
    films, talkers = (_films(folder / "video" / name) for name in ("clips", "grid_other_speakers"))
    if not speech.is_file() and not effects.is_file() and not films:
        cure = "give a folder with speech/transcripts.csv, foley/tags.csv or video/clips, or a written timeline"
        raise InputError(folder, "holds nothing to evaluate with", cure)
    sentences, spoken = _sentences(speech) if speech.is_file() else ((), "held out")
    sounds, heard = _effects(effects) if effects.is_file() else ((), "held out")
    selection: dict[str, Selection] = {"sentences": spoken, "effects": heard}
    return Material(folder, sentences, sounds, films, talkers, effects.parent if effects.is_file() else None, selection)


def _films(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob("*") if path.suffix.lower() in _FILM_SUFFIXES))


def _sentences(table: Path) -> tuple[tuple[Sentence, ...], Selection]:
    """One take of each sentence, the speakers in turn so that any first N has all of them."""
    rows = [row for row in read_table(table, ("file", "speaker", "text", "lang")) if not row.get("note")]
    held_out = split_speech(rows)[1]
    chosen, selection = (held_out, "held out") if len(held_out) >= _FEWEST else (rows, "all")
    takes: dict[tuple[str, str], dict[str, str]] = {}
    for row in chosen:
        key = (row["speaker"], row["text"])
        if key not in takes or row.get("best_take") == "1":
            takes[key] = row
    by_speaker: dict[str, list[Sentence]] = {}
    for row in takes.values():
        sentence = Sentence(table.parent / row["file"], row["speaker"], row["text"], row["lang"])
        by_speaker.setdefault(row["speaker"], []).append(sentence)
    in_turn = (sentence for round_ in zip_longest(*by_speaker.values()) for sentence in round_ if sentence is not None)
    return tuple(in_turn), "held out" if selection == "held out" else "all"


def _effects(table: Path) -> tuple[tuple[Path, ...], Selection]:
    files = [row["file"] for row in read_table(table, ("file",))]
    held_out = [file for file in files if is_heldout_effect(file)]
    chosen = held_out if len(held_out) >= _FEWEST else files
    order = np.random.default_rng(0).permutation(len(chosen))  # the table is sorted by source
    paths = tuple(table.parent / chosen[index] for index in order)
    return paths, "held out" if chosen is held_out else "all"
