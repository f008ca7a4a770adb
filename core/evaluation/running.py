"""One evaluation of a folder of material: the parts that are asked for, those that are done already kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from talkies.core.evaluation.engine_under_test import EngineChoice, EngineUnderTest, OnProgress
from talkies.core.evaluation.material import Material, read_material
from talkies.core.evaluation.part_cache import keep, kept
from talkies.core.evaluation.part_context import PartContext, Sizes
from talkies.core.evaluation.parts import PARTS, within
from talkies.core.evaluation.targets import target_rows

REPORT_VERSION = 2

Figures = dict[str, Any]
Record = dict[str, Any]
"""What a part came to: its ``figures``, the engine's ``warnings``, and the ``computing`` it took."""


@dataclass(frozen=True)
class Run:
    """Who is judged, with what, how much of it; ``out``: where parts are kept, ``fresh``: but not used again."""

    source: Path
    subject: EngineChoice
    sizes: Sizes
    progress: OnProgress
    out: Path | None
    fresh: bool

    def figures(self, parts: Sequence[str]) -> Figures:
        """Of these parts, and of all that are kept. Raises InputError (material), MissingExtraError, OutputError."""
        material, under_test = read_material(self.source), self.subject.under_test()
        found = self._kept(under_test)
        missing = [name for name in parts if self.fresh or name not in found]
        made = self._made(missing, under_test, material)
        records = {name: (found | made)[name] for name in PARTS if name in found or name in made}
        figures = {name: record["figures"] for name, record in records.items()}
        warnings = (warning for record in records.values() for warning in record["warnings"])
        return {
            "version": REPORT_VERSION,
            "source": self.source.name,
            "engine": under_test.facts(),
            "sizes": asdict(self.sizes),
            "selection": material.selection,
            **figures,
            "targets": target_rows(figures),
            "warnings": list(dict.fromkeys(warnings)),
            "computing": {name: record["computing"] for name, record in records.items()},
            "reused_parts": [name for name in records if name not in made],
        }

    def _kept(self, under_test: EngineUnderTest) -> dict[str, Record]:
        if self.out is None:
            return {}
        found = {name: kept(self._path(name), self._key(name, under_test)) for name in PARTS}
        return {name: record for name, record in found.items() if record is not None}

    def _made(self, names: Sequence[str], under_test: EngineUnderTest, material: Material) -> dict[str, Record]:
        records: dict[str, Record] = {}
        done, whole = 0.0, sum(PARTS[name].seconds(self.sizes) for name in names)
        for name in names:
            share = PARTS[name].seconds(self.sizes) / (whole or 1.0)
            progress = within(self.progress, done, done + share)
            records[name] = record_of(
                name, PartContext(self.subject, under_test, material, self.sizes, progress, self.out)
            )
            if self.out is not None and not absent_judges(records[name]):
                keep(self._path(name), self._key(name, under_test), records[name])
            done += share
        return records

    def _path(self, name: str) -> Path:
        assert self.out is not None
        return self.out / "parts" / f"{name}.json"

    def _key(self, name: str, under_test: EngineUnderTest) -> Figures:
        """What a part's figures depend on."""
        asked = asdict(self.sizes)
        return {
            "version": REPORT_VERSION,
            "source": self.source.name,
            "engine": under_test.facts(),
            "sizes": {size: asked[size] for size in PARTS[name].sizes},
        }


def record_of(name: str, given: PartContext) -> Record:
    """Computes a part; the time it took is told in all, and of the engine in making how much sound."""
    started, under_test = time.perf_counter(), given.under_test
    for tally in (under_test.warnings, under_test.seconds, under_test.made):
        tally.clear()
    figures = PARTS[name].figures(given)
    under_test.warnings += (figures or {}).get("absent", [])
    computing = {
        "total_s": time.perf_counter() - started,
        "engine_by_stage_s": dict(under_test.seconds),
        "sound_by_task_s": dict(under_test.made),
    }
    return {"figures": figures, "warnings": list(under_test.warnings), "computing": computing}


def absent_judges(record: Record) -> list[str]:
    """A sentence for each judge whom the part had to do without; such a part is not kept: the judge may come."""
    return list((record["figures"] or {}).get("absent", []))
