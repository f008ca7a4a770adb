"""Licences as model cards name them, and whether sound made under them may be sold; languages by their short names."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from talkies.core.engines.adapters.iso_639 import bcp_47
from talkies.core.engines.adapters.licences import licence_of, sellable_under
from talkies.core.errors import EngineError


@pytest.mark.parametrize(
    ("licence", "sellable"),
    [
        ("cc-by-nc-4.0", False), ("CC BY-NC-SA 4.0", False), ("PolyForm Noncommercial", False),
        ("apache-2.0", True), ("MIT", True), ("cc-by-4.0", True), ("cc0-1.0", True), ("BSD-3-Clause", True),
        ("Apache License, Version 2.0", True), ("apache 2", True), ("MIT License", True), ("cc-by", True),
        ("Apache-2.0 with Commons Clause", None), ("MIT (research use only)", None), ("mit, not for sale", None),
        ("bsd-3-clause, academic use only", None), ("cc-by-4.0 nd", None), ("cc-by-nd-4.0", None), ("mit\n-", None),
        ("openrail", None), ("stable-audio-community", None), ("cc-by-sa-4.0", None), ("mitigated", None),
    ],
)  # fmt: skip
def test_a_licence_says_whether_sound_may_be_sold(licence: str, sellable: bool | None) -> None:
    assert sellable_under(licence) is sellable


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: cc-by-nc-4.0\ntags:\n- mms\n---\n# MMS\n", "cc-by-nc-4.0"),
        ("---\r\nlicense: 'mit'  # of the code too\r\n---\r\n", "mit"),
        ("---\nlicense: other\nlicense_name: stable-audio-community\nlicense_link: LICENSE\n---\n",
         "stable-audio-community"),
    ],
)  # fmt: skip
def test_the_licence_is_that_of_the_card_unless_the_user_says_another(card: str, licence: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(card.encode())
    assert licence_of(tmp_path, "") == licence
    assert licence_of(tmp_path, " of its maker ") == "of its maker"


def test_a_card_of_empty_lines_without_end_is_given_up_soon(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\n" + "\n" * 4_000_000)
    began = time.monotonic()
    with pytest.raises(EngineError, match="names its licence"):
        licence_of(tmp_path, "")
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("card", ["", "# license: mit\n", "license: mit\n", "---\nlicense:\n- mit\n---\n"])
def test_without_a_licence_it_is_asked_for(card: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(card)
    with pytest.raises(EngineError, match='names its licence; say it with --licence "NAME"'):
        licence_of(tmp_path, "")


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("nld", "nl"),
        ("eng", "en"),
        ("swh", "sw"),
        ("uzb-script_cyrillic", "uz"),
        ("kmr", "kmr"),
        ("en", "en"),
        ("", ""),
    ],
)
def test_languages_have_two_letters_where_there_are_two(code: str, tag: str) -> None:
    assert bcp_47(code) == tag
