"""The judges that are there; who is absent is told in a sentence, and the others go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from talkies.core.errors import InputError, MissingExtraError
from talkies.core.evaluation.judges.likeness import Resemblyzer
from talkies.core.evaluation.judges.naturalness import DistillMos, DnsMos
from talkies.core.evaluation.judges.words import Moonshine
from talkies.core.evaluation.judges.yamnet import Yamnet

Judge = TypeVar("Judge")


@dataclass
class Call:
    """Calls judges; ``absent``: a sentence for each that does not come."""

    absent: list[str] = field(default_factory=list)

    def moonshine(self) -> Moonshine | None:
        return self._called(Moonshine)

    def distillmos(self) -> DistillMos | None:
        return self._called(DistillMos)

    def dnsmos(self) -> DnsMos | None:
        return self._called(DnsMos)

    def resemblyzer(self) -> Resemblyzer | None:
        return self._called(Resemblyzer)

    def yamnet(self, data_folder: Path) -> Yamnet | None:
        return self._called(lambda: Yamnet(data_folder / "judges"))

    def _called(self, make: Callable[[], Judge]) -> Judge | None:
        try:
            return make()
        except (MissingExtraError, InputError) as error:
            self.absent.append(str(error))
            return None
