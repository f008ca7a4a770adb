"""Lines as ids of the reference's table: its own way of spreading them, written anew."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from talkies.core.engines.base import Line
from talkies.core.engines.reference.phones import LineReader, PhoneTable, evenly, foreign
from talkies.core.errors import WeightsError
from talkies.core.times import TimeRange

IDS = {"HH": 17, "AH0": 68, "L": 58, "OW1": 56, "Y": 38, "EH1": 9, "S": 47, "<blank>": 59}
RATE = Fraction(25)


def line(start: int, end: int, text: str, language: str = "") -> Line:
    return Line(TimeRange(Fraction(start), Fraction(end)), text, language=language)


def test_a_line_has_blanks_before_between_and_after() -> None:
    assert PhoneTable(IDS).spelled("Hello, yes!", "en-US") == [59, 17, 68, 58, 56, 59, 38, 9, 47, 59]


def test_a_table_of_ipa_is_taken_as_it_is() -> None:
    ipa = {"h": 1, "ə": 2, "l": 3, "ˈoʊ": 4, "<blank>": 5}
    assert PhoneTable(ipa).spelled("hello", "en-US") == [5, 1, 2, 3, 4, 5]


def test_what_the_table_lacks_is_blank() -> None:
    assert PhoneTable(IDS).spelled("by", "en-US") == [59, 59, 59, 59]


@pytest.mark.parametrize("count", [3, 6, 7, 50])
def test_phonemes_are_spread_as_the_reference_spreads_them(count: int) -> None:
    """It repeats each often enough, then takes the nearest."""
    ids = torch.tensor([59, 17, 68, 58, 56, 59])
    often = ids.repeat_interleave(-(-count // len(ids)))
    nearest = torch.nn.functional.interpolate(often[None, None].float(), size=count, mode="nearest")
    assert torch.equal(evenly(ids, count), nearest[0, 0].long())


def test_lines_are_said_within_their_cues_and_nobody_speaks_elsewhere() -> None:
    ids = LineReader(PhoneTable(IDS)).ids([line(1, 3, "hello"), line(5, 7, "yes")], 200, RATE, None, "")
    said = torch.nonzero(ids)[:, 0]
    assert set(ids.tolist()) == {0, 59, 17, 68, 58, 56, 38, 9, 47}
    assert all(25 <= place < 75 or 125 <= place < 175 for place in said.tolist())
    assert ids[26] == 59 and ids[126] == 59


def test_a_longer_line_takes_longer() -> None:
    reader = LineReader(PhoneTable(IDS))
    short, long = (int((reader.ids([line(0, 8, text)], 200, RATE, None, "") > 0).sum()) for text in ("yes", "yes " * 9))
    assert 2 * short < long <= 200


@pytest.mark.parametrize("text", ["", "…!", "?"])
def test_a_line_without_words_is_not_said(text: str) -> None:
    assert not LineReader(PhoneTable(IDS)).ids([line(0, 1, text)], 25, RATE, None, "").any()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "is not JSON"),
        ("[1]", "is no table of phonemes with <blank>; give the reference's token_list.json"),
        ('{"AA0": 1}', "is no table of phonemes with <blank>"),
        ('{"<blank>": 200}', "gives '<blank>' the id 200, not one of 1 to 199; it belongs to another model"),
        ('{"<blank>": 59, "T": true}', "gives 'T' the id True"),
    ],
)
def test_a_table_that_is_none_is_one_sentence(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "phonemes.json"
    path.write_text(content)
    with pytest.raises(WeightsError, match=problem):
        PhoneTable.read(path, 200)


def test_the_table_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "phonemes.json"
    path.write_text(json.dumps(IDS))
    assert PhoneTable.read(path, 200).ids == IDS


def test_other_languages_are_said() -> None:
    assert foreign([line(0, 1, "ja", "nl-NL"), line(1, 2, "yes", "en-GB"), line(2, 3, "yes")]) == (
        "the engine vssflow learned English, and says nl-NL with its sounds",
    )
    (sentence,) = foreign([line(0, 1, "hwæt", "enm")])
    assert "says enm with its sounds" in sentence
