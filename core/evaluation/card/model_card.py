"""The figures of the model card, written from the JSON: nobody types a figure by hand.

The card is Markdown; what stands between a marker and its end is replaced, everything else is prose and stays:

    <!-- figures -->     …  <!-- end of figures -->       of ``talkies evaluate DIR``
    <!-- comparison -->  …  <!-- end of comparison -->    of ``talkies evaluate DIR --against``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from talkies.core.errors import InputError
from talkies.core.evaluation.card.judged_tables import JUDGED_SECTIONS
from talkies.core.evaluation.card.tables import SECTIONS, table, targets_table, value
from talkies.core.files.atomic import part_file

Figures = Mapping[str, Any]

_BOTH_TASKS = ("word error", "onset F1 at ±50 ms")


def write_card(document: Figures, card: Path) -> None:
    """Puts the figures (or the comparison) into the card. Raises InputError when it has no place for them."""
    kind = "comparison" if document["kind"] == "comparison" else "figures"
    before, after = around(card, kind)
    section = comparison_section(document) if kind == "comparison" else figures_section(document)
    with part_file(card) as part:
        part.write_text(f"{before}\n\n{section}\n{after}", encoding="utf-8")


def around(card: Path, kind: str) -> tuple[str, str]:
    """The card up to and from the marks of ``figures`` or ``comparison``. Raises InputError when it has none."""
    try:
        text = card.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(card, "cannot be read as a model card", "give a Markdown file") from error
    start, end = f"<!-- {kind} -->", f"<!-- end of {kind} -->"
    before, found_start, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not found_start or not found_end:
        raise InputError(card, f"has no place for the {kind}", f"add the lines '{start}' and '{end}'")
    return before + start, end + after


def figures_section(figures: Figures) -> str:
    """Targets first, then a section per part that has figures."""
    engine = figures["engine"]
    lines = [
        f"`talkies evaluate` on held-out material: weights {engine['weights'][:12]}, {engine['steps']} evaluations, "
        f"guidance {engine['guidance']:g}, seed {engine['seed']}; natural recordings or another yardstick beside them.",
        "",
        *targets_table(figures["targets"]),
    ]
    for name, section in (SECTIONS | JUDGED_SECTIONS).items():
        if figures.get(name):
            lines += ["", *section(figures[name])]
    return "\n".join(lines) + "\n"


def comparison_section(document: Figures) -> str:
    """A table with a column per model, the best of each row in bold; is the first at least equal on both tasks?"""
    rows = []
    for row in document["rows"]:
        cells = [value(each) for each in row["values"]]
        cells[row["best"]] = f"**{cells[row['best']]}**"
        rows.append([f"{row['part']}: {row['what']}", *cells])
    first = next(iter(document["models"]), "")
    verdicts = [
        f"{row['what']}: {'yes' if row['best'] == 0 else 'no'}"
        for row in document["rows"]
        if row["what"] in _BOTH_TASKS
    ]
    verdict = [f"`{first}` is at least equal to the others in {'; '.join(verdicts)}.", ""] if verdicts else []
    return "\n".join([*verdict, *table(["", *document["models"]], rows)]) + "\n"
