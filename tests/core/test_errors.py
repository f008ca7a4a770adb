"""What a library says becomes a part of one sentence."""

from __future__ import annotations

import pytest

from talkies.core.errors import in_one_line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("a\n  b\tc ", "a b c"),
        (ValueError("no\nnumber"), "no number"),
        (ValueError(), "ValueError"),
        ("", ""),
        ("x" * 500, "x" * 120),
    ],
)
def test_one_line_of_120_letters(said: str | Exception, line: str) -> None:
    assert in_one_line(said) == line
