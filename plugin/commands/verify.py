"""talkies verify: where sound comes from, and whether it is as it was."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("target", metavar="FILE|TIMELINE|FOLDER", type=Path, help="a sound or movie, a timeline's takes, a folder")
    add("--trust", metavar="FILE", type=Path, help="certificates (PEM) of an authority whose signatures count as ours")
    add("--no-mark", dest="marks", action="store_false", help="do not look for the mark in the sound")
    add("--media-dir", metavar="DIR", type=Path, help="also search this folder for a timeline's sound files")
    add("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.credentials.authority import trusted
    from talkies.core.credentials.settings import library
    from talkies.core.errors import InputError
    from talkies.core.provenance.verifying import Verified, files_of, verify
    from talkies.core.provenance.words import in_words
    from talkies.plugin.console import ProgressLine, print_json, show

    library()
    known, asked = trusted(options.trust), files_of(options.target, options.media_dir)
    line, found = ProgressLine(), list[Verified]()
    try:
        for each in verify(asked, known, marks=options.marks):
            found.append(each)
            line.clear()
            if len(asked) == 1 and each.status == "unreadable":
                raise InputError(each.path, each.problem, "name a sound or movie that can be read")
            if not options.json:
                show(f"{each.path}: {'; '.join(in_words(each))}")
            line.show(len(found) / len(asked), each.path.name)
    finally:
        line.clear()
    counts = Counter(each.status for each in found)
    if options.json:
        print_json({"files": [each.facts for each in found], "counts": dict(counts)})
    return 0 if all(each.is_ours for each in found) else 1
