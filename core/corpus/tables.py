"""Text tables: one header line, one row a line, columns separated by ``|``, no quoting."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from talkies.core.errors import InputError


def read_table(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a UTF-8 table by column name; a row that breaks off early has "" there.

    Raises InputError when the file cannot be read or lacks one of ``columns``.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE, restval="")
            names = reader.fieldnames or ()
            rows = list(reader)
    except OSError as error:
        problem = f"cannot be read ({(error.strerror or type(error).__name__).lower()})"
        raise InputError(path, problem, "give a folder laid out like shared/data") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(path, "is not a text table", "give a UTF-8 file whose columns are separated by |") from error
    missing = [column for column in columns if column not in names]
    if missing:
        raise InputError(path, f"lacks the columns {', '.join(missing)}", "separate columns by |")
    return rows
