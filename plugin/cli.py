"""Command line: exit code 0 done, 1 some segments failed, 2 unusable input or arguments, 130 interrupted.

Results go to stdout, everything else to stderr. Whatever goes wrong, the user meets one sentence; with ``--json`` it is
also the one document on stdout: ``{"error": {"kind": ..., "message": ..., "exit_code": 2}}``, as the worker sends it.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from talkies.core.errors import ArgumentError, TalkiesError
from talkies.plugin.commands import COMMANDS, load
from talkies.plugin.console import print_json, say, show
from talkies.plugin.process import settle_process

if TYPE_CHECKING:
    from talkies.core.engines.base import EngineLoader

DEBUG = "TALKIES_DEBUG"
_COMPLETING = "_ARGCOMPLETE"  # set by the shell while it asks what a word may become


class Parser(argparse.ArgumentParser):
    """argparse whose complaint is one sentence, and that never guesses an abbreviated option."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        subject, _, problem = message.partition(": ")
        if not problem:
            subject, problem = self.prog, message
        raise ArgumentError(subject, problem, f"'{self.prog} --help' lists the options")


class Version(argparse.Action):
    """Looks the versions up only when they are asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the versions of talkies, model and torch and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from talkies.plugin.versions import versions

        show(*(f"{name} {version}" for name, version in versions().items()))
        raise SystemExit(0)


def build_parser(asked: Collection[str] = COMMANDS) -> argparse.ArgumentParser:
    """Every command with its line, and with its options where ``asked`` has its name."""
    parser = Parser(
        prog="talkies",
        description="Gives silent pictures their sound inside the editor's own timeline.",
        epilog="Exit codes: 0 done, 1 some segments failed (the others are written), 2 unusable input or arguments.",
    )
    parser.add_argument("--version", action=Version)
    parser.add_argument("--debug", action="store_true", help=f"show where an error came from (or set {DEBUG}=1)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, summary in COMMANDS.items():
        described = commands.add_parser(name, help=summary, description=summary + ".")
        if name in asked:
            command = load(name)
            command.add_arguments(described)
            described.set_defaults(run=command.run)
    return parser


def complete(parser: argparse.ArgumentParser) -> None:
    """Answers the shell's question and ends the process. Files are completed by the shell itself."""
    import argcomplete

    argcomplete.autocomplete(parser)


def main(argv: Sequence[str] | None = None, load_engine: EngineLoader | None = None) -> int:
    """Runs one command and returns its exit code; never raises, never prints a traceback unless asked to.

    ``load_engine`` takes the place of the registry of engines.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if argv is None:  # the process is ours
        settle_process()
    debug = bool(os.environ.get(DEBUG))
    words = sys.argv[1:] if argv is None else argv
    as_json = "--json" in words

    def refuse(error: BaseException, sentence: str, code: int = 2) -> int:
        if debug and isinstance(error, Exception):
            traceback.print_exception(error, file=sys.stderr)
        if as_json:
            report = {"kind": type(error).__name__, "message": " ".join(sentence.split()), "exit_code": code}
            print_json({"error": report})
        return _say(sentence, code)

    try:
        if _COMPLETING in os.environ:
            complete(build_parser())
        options = build_parser(words).parse_args(words)
        options.load_engine = load_engine
        debug = debug or options.debug
        with _terminated_like_interrupted():
            code = int(options.run(options))
        sys.stdout.flush()
        return code
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    except BrokenPipeError:
        # the reader of our output has gone; nothing more can be said, and exit must not try to flush again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt as error:
        return refuse(error, "stopped; finished takes are kept", 130)
    except TalkiesError as error:
        return refuse(error, str(error), error.exit_code)
    except OSError as error:
        return refuse(error, f"{error.filename or 'the system'}: {error.strerror or error}")
    except MemoryError as error:
        return refuse(error, "not enough memory; close other programs or process less at a time")
    except Exception as error:  # noqa: BLE001 - a user gets a sentence, and with --debug the traceback
        kind = type(error).__name__
        return refuse(error, f"internal error in talkies ({kind}: {error}); 'talkies --debug ...' shows where")


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl+C does: finished takes stay, nothing is left half-written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(sentence: str, code: int) -> int:
    say(f"talkies: {sentence}")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
