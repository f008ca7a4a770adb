"""The card's figures come from the JSON; prose stays; a comparison names the best."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talkies.core.errors import InputError
from talkies.core.evaluation.card.comparison import compare, labels, side_by_side
from talkies.core.evaluation.card.model_card import comparison_section, figures_section, write_card
from talkies.core.evaluation.engine_under_test import EngineChoice
from talkies.core.evaluation.targets import TARGETS, figure, target_rows

CODEC: dict[str, Any] = {
    "speech": {"recordings": 2, "log_spectral_distance_db": 2.0, "stoi": 0.97, "pesq_wb": 3.0},
    "speech_by_speaker": {"anna": {"recordings": 2, "log_spectral_distance_db": 2.0, "stoi": 0.97, "pesq_wb": 3.0}},
    "effects": {"recordings": 3, "log_spectral_distance_db": 3.0, "relative_to_opus": 1.5},
    "opus_64k": {
        "speech": {"recordings": 2, "log_spectral_distance_db": 1.5, "stoi": 0.99, "pesq_wb": 4.4},
        "effects": {"recordings": 3, "log_spectral_distance_db": 2.0},
    },
}


def figures_of(codec: dict[str, Any]) -> dict[str, Any]:
    engine = {"name": "mini", "weights": "0123456789abcdef", "steps": 8, "guidance": 3.0, "seed": 0}
    return {"kind": "folder", "engine": engine, "codec": codec, "targets": target_rows({"codec": codec})}


def test_targets_are_judged_from_the_figures() -> None:
    met = {row["what"]: row["met"] for row in target_rows({"codec": CODEC})}
    assert met["PESQ-WB of speech"] is False  # 3.0 where 3.3 is wanted
    assert met["STOI of speech"] is True
    assert met["log-spectral distance of effects, relative to Opus at 64 kb/s"] is True  # on the line
    assert met["weights"] is None
    assert len(met) == len(TARGETS)
    assert figure({"a": {"b": 1}}, "a.b.c") is None


def test_real_film_is_judged_as_a_whole() -> None:
    def together(ours: float | None, guess: float) -> dict[str, Any]:
        return {"generated": {"av_align": ours}, "baselines": {"constant_rate": guess, "shuffled_in_time": None}}

    def judged(**film_part: Any) -> dict[str, Any]:
        return {row["what"]: row["reached"] for row in target_rows({"film": film_part})}

    what, held = "AV-Align of all films less that of the better guess", {"digital_silence": False}
    reached = judged(together=together(0.4, 0.1), people_who_speak={"clips": 5, "silent_clips": 3}, held_frame=held)
    assert reached[what] == pytest.approx(0.3)
    assert reached["clips with a sound where nothing is struck"] == 3.0  # two that speak, and the held frame
    silent = target_rows({"film": {"together": together(None, 0.0)}})
    assert {row["what"]: row["met"] for row in silent}[what] is False
    assert judged()["clips with a sound where nothing is struck"] is None
    assert judged()[what] is None


def test_figures_go_between_the_markers(tmp_path: Path) -> None:
    card = tmp_path / "CARD.md"
    card.write_text("# Card\n\n<!-- figures -->\nold\n<!-- end of figures -->\n\nProse.\n", encoding="utf-8")
    write_card(figures_of(CODEC), card)
    text = card.read_text(encoding="utf-8")
    assert text.startswith("# Card\n\n<!-- figures -->\n\n`talkies evaluate`")
    assert text.endswith("\n<!-- end of figures -->\n\nProse.\n")
    assert "old" not in text
    assert "| codec | PESQ-WB of speech | at least 3.3 | 3 | 4.4 | **no** |" in text
    assert "| – anna | 2 | 0.97 | 3 |" in text
    assert "| effects, Opus at 64 kb/s | 2 | – | – |" in text
    assert "**Dialogue**" not in text
    write_card(figures_of(CODEC), card)
    assert card.read_text(encoding="utf-8") == text


def test_a_card_without_markers_is_left_alone(tmp_path: Path) -> None:
    card = tmp_path / "CARD.md"
    card.write_text("# Card\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no place for the figures; add the lines '<!-- figures -->' and"):
        write_card(figures_of(CODEC), card)
    with pytest.raises(InputError, match="has no place for the comparison"):
        write_card({"kind": "comparison", "rows": [], "models": {}}, card)
    with pytest.raises(InputError, match="cannot be read as a model card"):
        write_card(figures_of(CODEC), tmp_path / "none.md")
    assert card.read_text(encoding="utf-8") == "# Card\n"


def test_models_stand_side_by_side(tmp_path: Path) -> None:
    better = {**CODEC, "speech": {**CODEC["speech"], "pesq_wb": 3.5, "log_spectral_distance_db": 1.0}}
    given = {"a": CODEC, "b": better}
    told: list[tuple[float, str]] = []

    def evaluate(source: Path, subject: EngineChoice, *, out: Path, on_progress: Any, quick: bool) -> dict[str, Any]:
        on_progress(0.5, "half")
        assert out.parent == tmp_path / "out"
        return figures_of(given[out.name])

    subjects = {name: EngineChoice(seed=number) for number, name in enumerate(given)}
    document = compare(tmp_path, subjects, evaluate, tmp_path / "out", lambda *row: told.append(row), quick=True)
    assert told == [(0.25, "a: half"), (0.75, "b: half")]
    rows = {row["what"]: row for row in document["rows"]}
    assert rows["PESQ-WB of speech"]["values"] == [3.0, 3.5]
    assert rows["PESQ-WB of speech"]["best"] == 1
    assert "word error" not in rows
    assert (tmp_path / "out" / "comparison.png").read_bytes().startswith(b"\x89PNG")
    card = tmp_path / "CARD.md"
    card.write_text("<!-- comparison --><!-- end of comparison -->", encoding="utf-8")
    write_card(document, card)
    assert "|  | a | b |\n| --- | --- | --- |\n| codec: PESQ-WB of speech | 3 | **3.5** |" in card.read_text("utf-8")


def test_less_is_better_for_errors() -> None:
    worse, better = {"dialogue": {"word_error_generated": 0.3}}, {"dialogue": {"word_error_generated": 0.2}}
    (row,) = side_by_side([worse, better, {}])
    assert (row["values"], row["best"]) == ([0.3, 0.2, None], 1)
    for models, verdict in (((worse, better), "no"), ((better, worse), "yes"), ((better, better), "yes")):
        document = {"rows": side_by_side(models), "models": {"joint": {}, "speech": {}}}
        line = f"`joint` is at least equal to the others in word error: {verdict}.\n"
        assert comparison_section(document).startswith(line)


def test_weights_get_names_of_their_own(tmp_path: Path) -> None:
    paths = [None, tmp_path / "joint" / "mini.safetensors", tmp_path / "speech" / "mini.safetensors"]
    assert labels(paths) == ["shipped", "mini", "speech-mini"]
    assert labels([tmp_path / "a.st", tmp_path / "a.st"]) == ["a", f"{tmp_path.name}-a"]


def test_sections_show_dashes_where_nothing_was_measured() -> None:
    from talkies.core.evaluation.card.tables import SECTIONS
    from talkies.core.evaluation.figures.dialogue import sound_figures, word_figures
    from talkies.core.evaluation.figures.voices import likeness

    def written(part: str, figures: dict[str, Any]) -> str:
        return "\n".join(SECTIONS[part](figures))

    nothing = {**word_figures([]), **sound_figures([]), "other_languages": {"de": sound_figures([])}}
    assert "| de | – | – | – | – (–) | – (–) |" in written("dialogue", nothing)
    assert "| **ours** | **–**, – × natural (95 %: – to –) |" in written("dialogue", nothing)
    alike = likeness([np.array([1.0, 0.0]), np.array([0.0, 1.0])], [np.array([1.0, 0.0]), np.array([0.0, 1.0])])
    voices = {"references": ["a", "b"], "generated": alike, "natural": alike, "pitch_off_semitones": None}
    assert "| ours | 1 | 0 | 1 | 1.5 |" in written("voices", voices)
    steps = {
        "scenes": 0, "sentences": 0, "foley_f1_50ms": {"8": None, "50": None}, "word_error": None,
        "foley_distance_to_50_db": {"8": 1.25, "another_seed": 3.0}, "dialogue_distance_to_50_db": {},
    }  # fmt: skip
    assert "| 8 evaluations | – | – | 1.25 | – |" in written("steps", steps)
    assert "| 50, another seed | – | – | 3 | – |" in written("steps", steps)
    rates = {"natural": 0.5, "through_codec": None, "generated": 0.25}
    prompts = {"classes": {"rain": rates}, "overall": rates, "sounds_per_class": 4, "ratio": 0.5, "negative": None}
    assert "| rain | 0.5 | – | 0.25 |" in written("prompts", prompts)
    task = {"sound_seconds_per_second": 6.5, "film_seconds_per_second": 3.25, "share_by_stage": {"make": 0.5}}
    speed = {"film_s": 60, "processors": 2, "weights_mb": None, "tasks": {"both": task}}
    assert "| both | 6.5 | 3.25 | make 50% |" in written("speed", speed)


def test_every_part_has_a_section_that_can_be_written() -> None:
    from talkies.core.evaluation.card.judged_tables import JUDGED_SECTIONS
    from talkies.core.evaluation.card.tables import SECTIONS
    from talkies.core.evaluation.parts import PARTS

    assert [*SECTIONS, *JUDGED_SECTIONS] == list(PARTS)
    assert "**Codec**, 2 held-out recordings of speech and 3 of effects" in figures_section(figures_of(CODEC))
