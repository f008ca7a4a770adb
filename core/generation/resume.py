"""Resume: a run goes on from one that ended early, with the takes that are finished and would come out the same.

What a take is made of is told in two steps: cheap facts that cost nothing to know (size and time of a picture's
files, the words, the seed), as one hash; and for a receipt that has it, the hash of the sound itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.made_from import bare, digest
from talkies.core.segment import Picture, Segment, Stem, Take
from talkies.core.takes.receipts import Receipt
from talkies.core.takes.run_folder import RunFolder
from talkies.core.takes.saving import take_name

if TYPE_CHECKING:
    from talkies.core.generation.maker import Maker
    from talkies.core.generation.planning.plan import Plan

ELSEWHERE = (
    "timeline", "out", "segments", "shots", "weights", "language", "seed", "takes", "media_dir", "replace", "anew",
    "two_pop", "tail_pop", "relevel", "credentials",
)  # fmt: skip
"""Fields of a request that change no take, or show in what is told of its stem, its engine and its levels."""


@dataclass
class Resume:
    """Of one run: the receipts of takes that are there already, by stem and place among its takes (``taken``), and
    receipts for those that it makes."""

    _run: RunFolder
    _maker: Maker
    _plan: Plan
    taken: dict[tuple[Stem, int], Receipt] = field(default_factory=dict)
    _events: list[Take] = field(default_factory=list)
    _pictures: dict[Picture, list[Any]] = field(default_factory=dict)

    def take_over(self) -> list[str]:
        """Takes over what is there, and says so. Raises OSError."""
        if self._run.receipts.left and not self._maker.request.anew:
            for stem in (stem for parts in self._plan.stems.values() for stem in parts):
                for index in range(self._plan.takes):
                    receipt = self._run.receipts.taken_over(self._key(stem, index))
                    if receipt is None:
                        break  # takes of a stem are made in order
                    self.taken[stem, index] = receipt
        count = sum(len(receipt.takes) for receipt in self.taken.values())
        told = [f"{count} {'take' if count == 1 else 'takes'} kept from the run before, which ended early"]
        rescued = self._run.rescued
        places = [] if rescued is None else [(rescued, _RESCUED), (rescued / "replaced", _REPLACED)]
        left = [f"{place}: {what}" for place, what in places if self._run.receipts.others(place)]
        return [*(told if count else []), *left]

    def takes(self, stem: Stem) -> tuple[Take, ...]:
        """The takes of a stem that were taken over, and the user is told again what was told when they were made."""
        receipts = self._receipts(stem)
        self._maker.warnings.extend(sentence for each in receipts for sentence in each.warnings)
        return tuple(take for each in receipts for take in each.takes)

    def count(self, stem: Stem) -> int:
        """How many takes of a stem were taken over, those without a sound among them."""
        return len(self._receipts(stem))

    def _receipts(self, stem: Stem) -> list[Receipt]:
        return [self.taken[stem, index] for index in range(self._plan.takes) if (stem, index) in self.taken]

    def note(self, stem: Stem, take: Take, told: int) -> None:
        """Writes the receipt of a take that was made. ``told``: how many warnings there were before its stem. Raises
        OSError."""
        if stem.spots is None or stem.task != "foley" or self._maker.request.clips == "shots":
            self._note(stem, [take], told)
            return
        if self._events and self._events[0].number != take.number:
            self.note_events(stem, told)
        self._events.append(take)

    def note_events(self, stem: Stem, told: int) -> None:
        """Where each event is a take, one receipt for all of the same number, once they are made. Raises OSError."""
        if self._events:
            self._note(stem, self._events, told)
        self._events = []

    def forget_events(self) -> None:
        """Those of a stem that failed before all of one number were made."""
        self._events = []

    def _note(self, stem: Stem, takes: Sequence[Take], told: int) -> None:
        number = takes[0].number
        name = take_name(stem.name, stem.segment, stem.speaker, number, stem.part)
        self._run.receipts.note(name, self._key(stem, number - 1), takes, self._maker.warnings[told:])

    def _key(self, stem: Stem, index: int) -> str:
        """The hash of all that a take is made of, and of its number, which is in its name; ``index``: among those of
        its stem."""
        seed = self._maker.request.seed + index
        facts = {**self._of_run, **self._of_stem(stem), "seed": seed, "index": index}
        if stem.task == "portrait":
            facts["says"] = [self._key(each, index) for each in self._spoken(stem)]
        return digest(facts)

    def _spoken(self, stem: Stem) -> list[Stem]:
        return [each for each in self._plan.stems[stem.segment.id] if each.task == "dialogue"]

    @cached_property
    def _of_run(self) -> dict[str, Any]:
        request, timeline = self._maker.request, self._maker.timeline
        return {
            "version": version("talkies"),
            "timeline": [timeline.name, str(timeline.rate), str(timeline.start), timeline.drop_frame],
            "request": {name: value for name, value in as_json(request).items() if name not in ELSEWHERE},
        }

    def _of_stem(self, stem: Stem) -> dict[str, Any]:
        facts = {"stem": as_json(replace(stem, segment=bare(stem.segment))), "picture": self._seen(stem.segment)}
        engine = self._maker.engines.get(stem.task)
        if engine is not None:
            device = getattr(engine, "device", self._maker.request.device)
            facts["engine"] = [engine.name, engine.weights_hash, device, dict(engine.provenance)]
        if self._maker.portraits is not None and stem.task == "portrait":
            facts["engine"] = self._maker.portraits.identity
        if Path(stem.voice).is_file():
            facts["voice"] = _stat(Path(stem.voice))
        if stem.spots is not None:
            facts |= self._of_list(stem)
        if stem.task in ("background", "music"):
            facts["around"] = self._around
        if stem.task == "music":
            facts["music"] = self._of_music
        return facts

    def _of_list(self, stem: Stem) -> dict[str, Any]:
        """Recordings, and levels that stay as they were."""
        maker, request = self._maker, self._maker.request
        picks = {spot.id: maker.picks.get(spot.id) for spot in stem.spots or ()}
        files = {name: _stat(pick.recording.path) for name, pick in picks.items() if pick is not None}
        gains = () if request.relevel else maker.kept.gains(stem, request.seed, request.loudness)
        return {"picks": as_json(picks), "recordings": files, "gains": list(gains)}

    @cached_property
    def _around(self) -> str:
        """What is seen in the whole timeline and what a list says of backgrounds, as one hash."""
        maker = self._maker
        shots = [[as_json(bare(each)), self._seen(each)] for each in maker.timeline.segments]
        return digest([shots, list(maker.rows)])

    @cached_property
    def _of_music(self) -> dict[str, Any]:
        music = self._plan.music
        assert music is not None
        font = None if music.soundfont is None else _stat(music.soundfont)
        return {"takes": self._maker.request.takes, "score": as_json(music), "soundfont": font}

    def _seen(self, segment: Segment) -> list[Any]:
        """What tells a picture from another, or from the same one when it has changed."""
        picture = segment.picture
        if picture is None:
            return []
        if picture not in self._pictures:
            files = [path for path in picture.frames if path is not None] or [picture.path]
            shown = [picture.start, picture.rate, [path and path.name for path in picture.frames]]
            self._pictures[picture] = [str(picture.path), *shown, [_stat(path) for path in files]]
        return self._pictures[picture]


def _stat(path: Path) -> list[int]:
    try:
        facts = path.stat()
    except OSError:
        return []
    return [facts.st_size, facts.st_mtime_ns]


_RESCUED = "holds the finished takes of an earlier run that was interrupted"
_REPLACED = "holds what a run that was interrupted had taken the place of"
