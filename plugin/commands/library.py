"""talkies library: the user's own recordings: add folders of them, list them, find some by words."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.plugin.console import ProgressLine, print_json, show, warn

if TYPE_CHECKING:
    from talkies.core.library import Folder, Found, Library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, act, text in (
        ("add", _add, "measure what is new or has changed in a folder of sound files"),
        ("list", _list, "list the folders, and the files that could not be read"),
        ("find", _find, "find recordings by words"),
        ("remove", _remove, "forget a folder; its files stay where they are"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name in ("add", "remove"):
            action.add_argument("folder", metavar="FOLDER", type=Path, help="a folder, with all folders in it")
        if name == "find":
            action.add_argument("words", metavar="WORDS", nargs="+", help="what sounds, such as: wooden door slams")
            action.add_argument("--avoid", metavar="WORDS", default="", help="none that has one of these words")
            action.add_argument("--most", metavar="N", type=int, default=20, help="no more than these (default: 20)")
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    from talkies.core.library import open_library

    with open_library() as library:
        return int(options.act(options, library))


def _add(options: argparse.Namespace, library: Library) -> int:
    from talkies.core.events import Progress
    from talkies.core.library import add_folder

    line = ProgressLine()
    warnings = []
    try:
        for event in add_folder(library, options.folder):
            if isinstance(event, Progress):
                line.show(event.fraction, event.message, "measuring")
            else:
                warnings.append(event.sentence)
    finally:
        line.clear()
    for sentence in warnings:
        warn(sentence)
    row = next(row for row in map(_folder, library.folders()) if row["folder"] == str(_whole(options.folder)))
    if options.json:
        print_json(row)
    else:
        show(f"{row['recordings']} recordings  {row['folder']}")
    return 0


def _list(options: argparse.Namespace, library: Library) -> int:
    rows = [_folder(folder) for folder in library.folders()]
    if options.json:
        print_json(rows)
        return 0
    for row in rows:
        show(f"{row['recordings']} recordings  {row['folder']}")
        show(*(f"    {each['file']}: {each['problem']}" for each in row["broken"]))
    if not rows:
        show("the library is empty; 'talkies library add FOLDER' adds recordings")
    return 0


def _find(options: argparse.Namespace, library: Library) -> int:
    from talkies.core.errors import ArgumentError
    from talkies.core.library import find

    if options.most < 1:
        raise ArgumentError("--most", f"is {options.most}", "give a number from 1 on")
    rows = [_found(each) for each in find(library, " ".join(options.words), options.avoid, options.most)]
    if options.json:
        print_json(rows)
        return 0
    show(*(f"{row['score']:4.0%}  {row['duration_s']:7.2f} s  {row['hits']:3} hits  {row['file']}" for row in rows))
    if not rows:
        show("no recording fits these words")
    return 0


def _remove(options: argparse.Namespace, library: Library) -> int:
    folder = _whole(options.folder)
    count = library.remove_folder(folder)
    if options.json:
        print_json({"folder": str(folder), "recordings": count})
    else:
        show(f"{count} recordings of {folder} are forgotten; the files are where they were")
    return 0


def _whole(folder: Path) -> Path:
    return Path(os.path.abspath(folder))  # noqa: PTH100 - as it was added: resolve would follow links


def _folder(folder: Folder) -> dict[str, Any]:
    broken = [{"file": str(path), "problem": problem} for path, problem in folder.broken]
    return {"folder": str(folder.path), "recordings": folder.recordings, "broken": broken}


def _found(found: Found) -> dict[str, Any]:
    measures = found.recording.measures
    return {
        "file": str(found.recording.path), "score": round(found.score, 3), "duration_s": round(measures.duration_s, 3),
        "hits": len(measures.hits), "category": found.recording.category, "description": found.recording.description,
    }  # fmt: skip
