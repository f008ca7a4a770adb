"""Words of a background: a place, and what is heard in it."""

from __future__ import annotations

import pytest

from talkies.core.backgrounds.words import read_words


@pytest.mark.parametrize(
    ("words", "air", "heard"),
    [
        ("room tone", "indoors", []),
        ("kitchen, rain", "indoors", ["rain"]),
        ("rain", "outdoors", ["rain"]),
        ("city street", "outdoors", []),
        ("rain and wind", "outdoors", ["rain", "wind"]),
        ("forest with birds", "outdoors", ["wind", "bird leaves"]),
        ("café, crowd", None, ["crowd"]),
    ],
)
def test_they_name_a_place_and_sounds(words: str, air: str | None, heard: list[str]) -> None:
    wanted = read_words(words)
    assert (wanted.air.name if wanted.air else None) == air
    named = [(recipe.going or recipe.stroke).name for recipe in wanted.recipes]  # type: ignore[union-attr]
    assert named == heard


def test_nothing_is_added_that_nobody_named() -> None:
    assert read_words("outdoors").recipes == ()
    assert read_words("").warnings == ()


def test_an_unknown_word_is_told() -> None:
    assert any("zzz" in sentence for sentence in read_words("kitchen, zzz").warnings)
