"""talkies portrait: a still and a sound, or a line to say, become a film in which the still speaks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from talkies.core.preferences import read_preferences
from talkies.plugin.commands.shots import rate_of

if TYPE_CHECKING:
    from fractions import Fraction

    from talkies.core.events import Progress
    from talkies.core.portrait.consent import Consent
    from talkies.core.portrait.spoken import Spoken
    from talkies.plugin.console import ProgressLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("still", metavar="STILL", type=Path, help="a picture of one face, from the front")
    said = parser.add_mutually_exclusive_group(required=True)
    said.add_argument("--sound", metavar="FILE", type=Path, help="what it says or sings: a take, or any recording")
    said.add_argument("--line", metavar="TEXT", help="what it says, spoken by --voice")
    add("-o", "--output", metavar="OUT", type=Path, required=True, help="the film: .mp4 (H.264) or .mov (ProRes)")
    add("--voice", metavar="NAME|FILE", help="of the line: a name or a recording")
    add("--language", metavar="TAG", default="", help="of the line: en, de, ... (default: the voice's)")
    add("--engine", metavar="NAME", help="what speaks the line (default: mini)")
    add("--device", metavar="D", default="auto", help="auto, cpu, cuda, cuda:1 or mps (default: auto)")
    add("--rate", metavar="FPS", default="25", help="frames per second: 24, 24000/1001, 25 ... (default: 25)")
    add("--face", metavar="N", type=int, default=0, help="which of several faces, counted from the left")
    consent = "who allowed that this person speaks, and how; asked once for each still, written into the credential"
    add("--consent", metavar="WHO", default="", help=consent)
    add("--seed", metavar="N", type=int, default=0, help="another seed blinks and sways otherwise (default: 0)")
    add("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.portrait.film import check_suffix
    from talkies.core.portrait.making import PortraitRequest, identity_of, make_portrait
    from talkies.plugin.console import ProgressLine, print_json, show, warn

    rate = _rate(options.rate)
    check_suffix(options.output)
    _check(options)
    identity = identity_of(options.still)
    consent = _consent(options, identity)
    line = ProgressLine()
    try:
        with _sound(options, line) as (sound, spoken):
            asked = PortraitRequest(
                options.still, sound, options.output, consent, identity, rate, options.face, options.seed,
                tuple(spoken.spans), spoken.facts, read_preferences().signs,
            )  # fmt: skip
            frames, notes = make_portrait(asked, _watcher(line))
    finally:
        line.clear()
    for note in notes:
        warn(note)
    if options.json:
        facts = {"frames": frames, "rate": str(rate), "phonemes": bool(spoken.spans), "notes": notes}
        print_json({"output": options.output, **facts})
    else:
        show(f"{options.output}: {frames} frames at {rate}, {_by(spoken)}")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raises ArgumentError before anything is done."""
    from talkies.core.errors import ArgumentError

    if options.line is not None and not options.line.strip():
        raise ArgumentError("--line", "says nothing", "give the words to be spoken")
    if options.sound is not None and options.voice:
        raise ArgumentError("--voice", "is for --line; a sound has its own", "leave one of them out")
    if options.face < 0:
        raise ArgumentError("--face", f"{options.face} is no face", "count from the left, from 1 on")


def _rate(text: str) -> Fraction:
    from talkies.core.errors import ArgumentError
    from talkies.core.times import AUTO_RATE

    rate = rate_of(text)
    if rate == AUTO_RATE:
        raise ArgumentError("--rate", "a still has none of its own", "give frames per second: 24, 25, 30000/1001")
    return rate


def _consent(options: argparse.Namespace, identity: str) -> Consent:
    """What is known, or stated, or asked for where somebody can answer."""
    from talkies.core.portrait.consent import consent_for

    ask = _ask if sys.stdin is not None and sys.stdin.isatty() and not options.json else None
    return consent_for(options.still, identity, options.consent, ask)


def _ask(question: str) -> str:
    from talkies.plugin.console import say

    say(question)
    return sys.stdin.readline()


@contextmanager
def _sound(options: argparse.Namespace, line: ProgressLine) -> Iterator[tuple[Path, Spoken]]:
    """The sound that is heard, and what is said in it; a line's lies in a folder that goes away."""
    from talkies.core.portrait.spoken import spoken_in

    if options.sound is not None:
        yield options.sound, spoken_in(options.sound)
        return
    with TemporaryDirectory(prefix="talkies-") as folder:
        yield _line(options, Path(folder), line)


def _line(options: argparse.Namespace, folder: Path, line: ProgressLine) -> tuple[Path, Spoken]:
    from talkies.core.conditioning.speech.phoneme_text import PHONEMES, phoneme_spans
    from talkies.core.engines.base import load_engine
    from talkies.core.generation.line_take import LineRequest, line_take
    from talkies.core.portrait.spoken import Spoken
    from talkies.plugin.console import warn

    own = read_preferences()
    asked = LineRequest(
        options.line, options.voice or own.voice, options.language, options.engine or own.engine, options.seed,
        options.device, own.loudness,
    )  # fmt: skip
    load = getattr(options, "load_engine", None) or load_engine
    take, warnings = line_take(asked, folder, load_engine=load, watch=_watcher(line))
    for sentence in warnings:
        warn(sentence)
    return take.path, Spoken(phoneme_spans(take.metadata.get(PHONEMES)), take.facts)


def _watcher(line: ProgressLine) -> Any:
    from talkies.plugin.commands.evaluate import with_time_left

    show = with_time_left(lambda share, message: line.show(share, message, message.partition(",")[0]))

    def watch(progress: Progress) -> None:
        show(progress.fraction, progress.message)

    return watch


def _by(spoken: Spoken) -> str:
    return "mouthed by its phonemes" if spoken.spans else "mouthed by its sound alone"
