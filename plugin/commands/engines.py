"""talkies engines: what makes the sound: those that ship, and other people's: list, show, add, remove, test."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from talkies.core.errors import ArgumentError
from talkies.plugin.console import print_json, show

if TYPE_CHECKING:
    from talkies.core.engines.catalogue import Listed

SOLD = {True: "may be sold", False: "may not be sold", None: "unknown whether it may be sold"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, act, text in (
        ("list", _list, "list the engines: tasks, licence, whether what they make may be sold"),
        ("show", _show, "show one engine"),
        ("add", _add, "add a program that speaks the protocol of engines (docs/engines.md): add NAME -- PROGRAM ..."),
        ("remove", _remove, "forget an engine that was added; the program stays"),
        ("test", _test, "try an engine: length, placement, seed, silence, cancelling, its own folder"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name != "list":
            action.add_argument("name", metavar="NAME", help="an engine")
        if name == "add":
            action.add_argument(
                "argv", metavar="PROGRAM", nargs="+", help="the program, or what an adapter needs, after --"
            )
            patience = "how long it may work without a word (default: as it says itself)"
            described = (
                "the manifest of a program that only writes a file: {out}, {prompt}, {seed} ... (docs/engines.md)"
            )
            action.add_argument("--manifest", metavar="JSON", type=Path, help=described)
            adapter = (
                "an adapter that ships (kokoro, transformers, diffusers, comfyui), with the files that it works with; "
                "or a model (mmaudio, hunyuan-foley, woosh), with the Python of its environment and its checkout"
            )
            action.add_argument("--adapter", metavar="NAME", help=adapter)
            action.add_argument("--patience", metavar="SECONDS", type=float, help=patience)
        if name == "test":
            action.add_argument("--weights", metavar="FILE", type=Path, help="a checkpoint for the engine")
            action.add_argument("--device", metavar="D", default="auto", help="auto, cpu, cuda, ... (default: auto)")
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    return int(options.act(options))


def describe_engines() -> list[dict[str, Any]]:
    """One row an engine; nothing of it is loaded."""
    from talkies.core.engines.catalogue import catalogue

    return [asdict(engine) for engine in catalogue()]


def _known(name: str) -> Listed:
    from talkies.core.engines.catalogue import catalogue
    from talkies.core.generation.request import did_you_mean

    rows = {engine.name: engine for engine in catalogue()}
    if name not in rows:
        raise ArgumentError(f"engine {name!r}", "is not known", did_you_mean(name, rows))
    return rows[name]


def _list(options: argparse.Namespace) -> int:
    rows = describe_engines()
    if options.json:
        print_json(rows)
    for row in rows if not options.json else ():
        says = row["problem"] or f"{', '.join(row['tasks'])}; {row['licence']}, {SOLD[row['sellable']]}"
        show(f"{row['name']:12}  {says}; {row['origin']}")
    return 0


def _show(options: argparse.Namespace) -> int:
    listed = _known(options.name)
    row = asdict(listed) | _sampling(listed)
    if options.json:
        print_json(row)
    for key, value in row.items() if not options.json else ():
        if value not in (None, "", (), []):
            show(f"{key:12}  {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}")
    return 0


def _sampling(listed: Listed) -> dict[str, Any]:
    """Its own steps and guidance, where it samples at all."""
    from talkies.core.engines.base import engine_class

    if listed.problem or listed.chosen_by != "--engine":
        return {}
    engine = engine_class(listed.name)
    return {"steps": engine.default_steps, "guidance": engine.default_guidance}


def _add(options: argparse.Namespace) -> int:
    from talkies.core.engines.guests.adding import add

    guest = add(options.name, options.argv, options.patience, options.manifest, options.adapter)
    return _show(argparse.Namespace(name=guest.name, json=options.json))


def _remove(options: argparse.Namespace) -> int:
    from talkies.core.engines.guests.adding import remove

    remove(options.name)
    if options.json:
        print_json({"removed": options.name})
    return 0


def _test(options: argparse.Namespace) -> int:
    """Exit code 1 where a check was not passed."""
    from talkies.core.engines.base import Task, load_engine
    from talkies.core.engines.compliance import checks

    made = _known(options.name).tasks
    tasks = [task for task in get_args(Task) if task in made]
    engine = load_engine(options.name, options.weights, options.device)
    rows = []
    for check in checks(engine, tasks, [Path.cwd()]):
        rows.append(asdict(check))
        if not options.json:
            says = {True: "passed", False: "FAILED", None: "not judged"}[check.passed]
            show(f"{says:10}  {check.name}: {check.detail}")
    if options.json:
        print_json(rows)
    return 1 if any(row["passed"] is False for row in rows) else 0
