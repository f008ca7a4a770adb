"""talkies batch: whole archives, reel after reel, by workers; a ledger has what is made, and the next call goes on."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import ArgumentError
from talkies.plugin.commands import generate

if TYPE_CHECKING:
    from talkies.core.batch.asking import Asked
    from talkies.core.batch.reels import Reel
    from talkies.core.batch.running import Order

WORKER: tuple[str, ...] = (sys.executable, "-m", "talkies.plugin.cli", "worker")
MOST_WORKERS = 256
_OF_ONE_REEL = ("segment", "spots", "only", "anew", "replace")
"""Options of ``generate`` that a batch has none of: segments and lists are of one timeline (a column of LIST.csv names
a list), and what a batch has made before is its own and made anew as a whole."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    what = "folders, patterns, timelines, movies, or tables with a column 'reel' (LIST.csv)"
    add("inputs", metavar="FOLDER|PATTERN|LIST.csv", nargs="*", help=what)
    place = "the folder for all that is made; a call with other options makes it anew as a whole"
    add("-o", "--output", metavar="OUT", type=Path, required=True, help=place)
    add("--format", metavar="SUFFIX", default="otio", help="of the timelines: otio (default), fcpxml, xml, stems, ...")
    add("--workers", metavar="N", type=int, help="reels made side by side (default: 1; on Ray as many as processors)")
    where = "where workers run: processes here (default), or ray, a cluster that is there"
    add("--engine-of-work", choices=("processes", "ray"), default="processes", help=where)
    add("--shard", metavar="I/N", type=shard_of, help="only the I-th of N parts: for job arrays on a shared disk")
    add("--status", action="store_true", help="make nothing: say how far it is, and write batch.csv and index.html")
    add("--retry", action="store_true", help="try again what has failed, though nothing has changed")
    generate.add_options(parser, leave_out=_OF_ONE_REEL)


def shard_of(text: str) -> tuple[int, int]:
    """Part i of n. Raises ArgumentError."""
    found = re.fullmatch(r"0*([1-9]\d{0,5})/0*([1-9]\d{0,5})", text)
    if not found or int(found[1]) > int(found[2]):
        raise ArgumentError("--shard", f"{text[:40]!r} is no part", "write I/N, such as 1/4 to 4/4")
    return int(found[1]), int(found[2])


def run(options: argparse.Namespace) -> int:
    from talkies.core.batch.reels import find_reels
    from talkies.plugin.console import warn

    if not options.inputs and not options.status:
        raise ArgumentError("batch", "has nothing to make", "give a folder, a pattern or a list")
    if options.workers is not None and not 1 <= options.workers <= MOST_WORKERS:
        raise ArgumentError("--workers", f"{options.workers} is out of range", f"use a number from 1 to {MOST_WORKERS}")
    reels, notes = find_reels(options.inputs, options.output) if options.inputs else ([], [])
    for sentence in notes:
        warn(sentence)
    return status(options, reels) if options.status else make(options, reels)


def asked_by(options: argparse.Namespace) -> Asked:
    """What the options ask of each reel. Raises ArgumentError."""
    from talkies.core.batch.asking import Asked
    from talkies.core.destinations import WRITERS

    suffix = f".{options.format.lower().lstrip('.')}"
    if suffix not in WRITERS:
        known = " ".join(each.lstrip(".") for each in WRITERS)
        raise ArgumentError("--format", f"{options.format[:40]!r} cannot be written", f"use one of {known}")
    out = options.output.absolute()
    if out.exists() and not out.is_dir():
        raise ArgumentError(out, "is a file", "-o names the folder for all that is made")
    left_out: dict[str, Any] = {"segment": [], "spots": None, "only": [], "anew": False, "replace": False}
    one = {**vars(options), **left_out, "timeline": Path("reel"), "output": Path(f"reel{suffix}")}
    for name in ("media_dir", "weights", "voice", "shots", "soundfont"):
        if _is_place(name, one[name]):  # workers may run elsewhere
            one[name] = type(one[name])(Path(one[name]).absolute())
    return Asked(generate.request_from(argparse.Namespace(**one)), out, suffix)


def _is_place(option: str, value: Any) -> bool:
    """Whether a value is a file or folder that is there; a word of the option is none, whatever is called so."""
    from talkies.core.batch.asking import OWN_FONTS
    from talkies.core.generation.request import AUTO_SHOTS, DETECT, NO_SHOTS

    words = {"shots": (AUTO_SHOTS, DETECT, NO_SHOTS), "soundfont": OWN_FONTS}
    if not value or value in words.get(option, ()):
        return False
    return Path(value).is_file() if option == "voice" else Path(value).exists()


def make(options: argparse.Namespace, reels: list[Reel]) -> int:
    from talkies.core.batch.running import Order

    on_ray = options.engine_of_work == "ray"
    workers = options.workers or (MOST_WORKERS if on_ray else 1)
    order = Order(asked_by(options), tuple(reels), WORKER, workers, on_ray, options.shard, options.retry)
    return follow(order, as_json=options.json)


def follow(order: Order, *, as_json: bool = False) -> int:
    """Runs a batch while stderr shows how far it is; then the overview is written. The exit code."""
    from talkies.core.batch.running import Advanced, Batch, Counted, ReelSettled
    from talkies.plugin.console import ProgressLine, say, warn

    batch, line, total, settled, logged = Batch(order), ProgressLine(), 0, 0, (-1, -1, "")
    try:
        for news in batch.run():
            match news:
                case Counted():
                    total, settled = news.reels, news.settled
                    if settled:
                        say(f"talkies: {settled} of {total} reels are settled already")
                case ReelSettled():
                    settled += 1
                    if news.record.state == "failed":
                        line.clear()
                        warn(f"{news.record.reel}: {news.record.problem}")
                case Advanced():
                    words = f"{settled} of {total} reels{_left(news.left_s)}"
                    step = settled, int(news.fraction * 10)
                    logged = logged if logged[:2] == step else (*step, words)  # a log has a line for each step
                    line.show(news.fraction, f"{words}; {news.message}" if news.message else words, logged[2])
    finally:
        line.clear()
        _overview(order.asked.out, order.reels)
    return _tell(order.asked.out, order.ours, as_json)


def status(options: argparse.Namespace, reels: list[Reel]) -> int:
    """How far a batch is, on all machines."""
    from talkies.core.batch.ledger import DATA

    out = options.output.absolute()
    if not (out / DATA).is_dir():
        raise ArgumentError(out, "holds no batch", "give the folder that 'talkies batch -o' has made")
    shown = tuple(reel for reel in reels if options.shard is None or reel.is_of(options.shard))
    _overview(out, reels)
    return _tell(out, shown, options.json, everything=not reels)


def _overview(out: Path, reels: Any) -> None:
    from talkies.core.batch.ledger import DATA, read_records
    from talkies.core.batch.overview import write_overview
    from talkies.core.errors import OutputError
    from talkies.plugin.console import warn

    if not (out / DATA).is_dir():
        return
    try:
        write_overview(out, read_records(out / DATA), reels)
    except OutputError as error:
        warn(str(error))


def _tell(out: Path, reels: tuple[Reel, ...], as_json: bool, everything: bool = False) -> int:
    """The result on stdout; 1 where something has failed."""
    from talkies.core.batch.ledger import DATA, read_records
    from talkies.plugin.console import print_json, show

    records = read_records(out / DATA)
    names = list(records) if everything else [reel.name for reel in reels]
    states = Counter(records[name].state if name in records else "waiting" for name in names)
    jobs = Counter(job.state for name in names if name in records for job in records[name].jobs)
    failures = {name: records[name].problem for name in names if name in records and records[name].state == "failed"}
    if as_json:
        table, sheet = str(out / "batch.csv"), str(out / "index.html")
        print_json({"reels": states, "jobs": jobs, "failures": failures, "table": table, "sheet": sheet})
    else:
        show(*(f"{state}: {count} reels" for state, count in sorted(states.items())))
        show(*(f"{name}: {problem}" for name, problem in failures.items()))
        show(str(out / "batch.csv"), str(out / "index.html"))
    return 1 if failures else 0


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f", {seconds:.0f} s left"
    minutes = round(seconds / 60)
    return f", {minutes} min left" if minutes < 120 else f", {minutes // 60} h {minutes % 60} min left"
