"""The held-out English sentences with every recording of each: what a reader varies by is natural, too."""

from __future__ import annotations

from pathlib import Path

from talkies.core.corpus.tables import read_table
from talkies.core.evaluation.material import Material, Sentence
from talkies.core.languages import main_language


def english_recordings(material: Material, sentences: int) -> tuple[list[Sentence], list[Sentence]]:
    """The first ``sentences`` of the reader with most of them, one take each, and all recordings of these."""
    readers = [sentence.speaker for sentence in material.english()]
    if not readers:
        return [], []
    reader = max(sorted(set(readers)), key=readers.count)
    chosen = [sentence for sentence in material.english() if sentence.speaker == reader][:sentences]
    texts = {sentence.text for sentence in chosen}
    recorded = [each for each in _all_takes(material.folder, reader) if each.text in texts]
    return chosen, recorded or chosen


def _all_takes(folder: Path, reader: str) -> list[Sentence]:
    """Every recording of a reader whose text nobody doubts; the sentences choose what of it is held out."""
    table = folder / "speech" / "transcripts.csv"
    rows = read_table(table, ("file", "speaker", "text", "lang"))
    return [
        Sentence(table.parent / row["file"], row["speaker"], row["text"], row["lang"])
        for row in rows
        if row["speaker"] == reader and main_language(row["lang"]) == "en" and not row.get("note")
    ]
