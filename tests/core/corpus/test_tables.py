"""Text in, rows out."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkies.core.corpus.tables import read_table
from talkies.core.errors import InputError


def written(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


def test_rows_by_column_name(tmp_path: Path) -> None:
    path = written(tmp_path, 'file|text\na.wav|"Oh", she said; it\'s Käse\nb.wav\n'.encode())
    rows = [{"file": "a.wav", "text": '"Oh", she said; it\'s Käse'}, {"file": "b.wav", "text": ""}]
    assert read_table(path, ("file", "text")) == rows


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, b"file|text\n"), ("file",)) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"file,text\na,b\n", "lacks the columns file, text; separate columns by |"),
        (b"", "lacks the columns file, text"),
        (b"file|text\n\xff\xfe|\n", "is not a text table; give a UTF-8 file"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_table(written(tmp_path, content), ("file", "text"))
    assert problem in str(refusal.value)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read \\(no such file or directory\\)"):
        read_table(tmp_path / "none.csv")
