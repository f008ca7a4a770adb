"""Victims: the processes that are killed, in every role; ``python -m kills.victims ADDRESS`` is their fork server.

The engine makes tones and bursts (tests/engines.py), so that a run takes a second; everything else is the program.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from engines import TonesEngine, load_tones
from kills import fork_server
from kills.dying import Dying
from kills.worker_log import Writer, tell_of_takes

import talkies.core.batch.overview
import talkies.core.batch.running
import talkies.core.conditioning.picture.visual
import talkies.core.destinations
import talkies.core.generation.render
import talkies.core.turnover.from_timeline
import talkies.core.turnover.stems_folder  # noqa: F401 - these take long to import
from talkies.core.arrays import Sound
from talkies.core.engines.base import Prepared
from talkies.plugin.cli import main as talkies_main
from talkies.plugin.commands import COMMANDS, load
from talkies.plugin.commands.worker import serve_stdio

PAUSE_S = "0.02"
"""Before each block of sound of a batch's workers."""


class SlowTones(TonesEngine):
    """Waits before each block of sound, so that most kills fall into a take, and tells ``log`` of each take."""

    def __init__(self, pause_s: float, log: Writer) -> None:
        super().__init__()
        self.pause_s, self.log = pause_s, log

    def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        self.log.tell("making")
        for block in super().generate(prepared, **options):
            time.sleep(self.pause_s)
            yield block


def command_line(arguments: list[str]) -> int:
    """The command line."""
    return talkies_main(arguments, load_engine=load_tones)


def mini(arguments: list[str]) -> int:
    """The command line with the engine that ships."""
    return talkies_main(arguments)


def released(arguments: list[str]) -> int:
    """The same, as soon as a line comes on standard input: several of them start at once."""
    sys.stdin.readline()
    return command_line(arguments)


def worker(arguments: list[str]) -> int:
    """``talkies worker``; seconds before each block of sound, and the file for its log."""
    from talkies.plugin.commands import worker as command

    pause_s, path = (*arguments, *("0", "")[len(arguments) :])
    log = Writer(path)
    log.tell("begun")
    tell_of_takes(log)
    engine = SlowTones(float(pause_s), log)

    def load_slow(name: str, weights: Path | None, device: str) -> SlowTones:
        return engine

    command.serve_stdio = partial(serve_stdio, load_slow)
    code = talkies_main(["worker"])
    log.tell("ended", str(code))
    return code


def panel(arguments: list[str]) -> int:
    from kills.panel_victim import main

    return main(arguments)


def batch(arguments: list[str]) -> int:
    """``talkies batch``, whose workers are of the fork server at the third argument; the first: how they die, the
    second: the file for its log and theirs."""
    from talkies.plugin.commands import batch as command

    dying, path, address, *words = arguments
    if dying:
        os.environ["KILLS_DYING"] = dying
    log = Writer(path)
    command.WORKER = (sys.executable, "-S", "-E", fork_server.__file__, address, "worker", PAUSE_S, path)
    log.tell("begun")
    code = talkies_main(words)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    log.tell("ended", str(code))
    return code


ROLES: dict[str, Callable[[list[str]], int]] = {
    "talkies": command_line,
    "mini": mini,
    "released": released,
    "worker": worker,
    "panel": panel,
    "batch": batch,
}


def run(role: str, arguments: list[str], wish: dict[str, Any] | None) -> int:
    """What a new process does."""
    dying = Dying(wish) if wish else None
    code = ROLES[role](arguments)
    if dying is not None:
        dying.end()
    return code


def preload() -> None:
    for name in COMMANDS:
        if name in ("generate", "worker", "inspect", "batch"):
            load(name)
    try:
        import kills.panel_victim  # noqa: F401 - likewise
    except ImportError:
        return  # where Qt does not load, no panel is killed


def main() -> None:
    preload()
    gc.collect()
    gc.freeze()
    server = fork_server.Server(sys.argv[1], run)
    print("ready", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
