"""What a batch asks of each reel: the request of the whole batch, with the reel's own options and its own output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talkies.core.batch.reels import Reel
from talkies.core.engines.choice import choices
from talkies.core.engines.guests.found import Guest, guests
from talkies.core.errors import ArgumentError, OutputError
from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.request import AUTO_SHOTS, DETECT, NO_SHOTS, Request

OWN_FONTS = ("", "own", "system")
"""What a request says of SoundFonts where it names no file."""
_ELSEWHERE = ("out", "replace", "anew", "credentials")


@dataclass(frozen=True)
class Asked:
    """``template``: what is asked of every reel; ``out``: the batch's folder; ``suffix``: of the timelines, as
    ``.otio``."""

    template: Request
    out: Path
    suffix: str

    def request(self, reel: Reel) -> Request:
        """Of one reel. Raises ArgumentError for options that cannot be, OutputError for an output that would leave the
        batch's folder."""
        if reel.problem:
            raise ArgumentError(reel.name, *_parted(reel.problem))
        output = self.out / reel.output(self.suffix)
        refuse_leaving(self.out, output)
        # what lies at the output is of an earlier call, and all of it is made anew
        return replace(self.template, **reel.options, timeline=reel.path, out=output, replace=True)

    def facts(self, request: Request) -> dict[str, Any]:
        """All that is asked, and of whom, as plain values: another request, version or engine is another make."""
        known, talkies = self._makers
        engines = {name: known[name].manifest for name in choices(request.engine).values() if name in known}
        stated = {name: value for name, value in as_json(request).items() if name not in _ELSEWHERE}
        versions = {name: manifest.version if manifest else "" for name, manifest in engines.items()}
        return {"version": talkies, "engines": versions, "request": stated}

    @cached_property
    def _makers(self) -> tuple[Mapping[str, Guest], str]:
        """The engines of somebody else's, and the version of talkies; looked for once."""
        return guests(), version("talkies")


def stated_files(request: Request) -> list[str]:
    """The files that a request names, whether they are there or not."""
    stated = [request.timeline, request.spots, request.weights]
    stated += [Path(request.shots)] if request.shots not in (AUTO_SHOTS, NO_SHOTS, DETECT) else []
    stated += [Path(request.music.soundfont)] if request.music.soundfont not in OWN_FONTS else []
    stated += [Path(request.voice)] if Path(request.voice).suffix else []
    return [str(each.absolute()) for each in stated if each is not None]


def as_params(request: Request) -> Mapping[str, Any]:
    """A request for a worker: the parameters of ``generate``."""
    return {name: value for name, value in as_json(request).items() if value is not None}


def refuse_leaving(out: Path, output: Path) -> None:
    """A link among the folders of ``out`` may lead anywhere. Raises OutputError."""
    try:
        leaves = not output.parent.resolve().is_relative_to(out.resolve())
    except (OSError, RuntimeError):  # a circle of links
        leaves = True
    if leaves:
        raise OutputError(output.parent, "is behind a link that leads out of the batch's folder", "remove the link")


def _parted(problem: str) -> tuple[str, str]:
    said, _, cure = problem.rpartition("; ")
    return (said, cure) if said else (cure, "")
