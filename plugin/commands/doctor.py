"""talkies doctor: what works on this machine, and the cure for what does not."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.plugin.console import print_json, show
    from talkies.plugin.doctor import examine

    findings = examine()
    if options.json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            mark = "ok " if finding.works else ("!! " if finding.needed else "-- ")
            show(f"{mark} {finding.name}: {finding.detail}" + (f"; {finding.cure}" if finding.cure else ""))
    return 0 if all(finding.works or not finding.needed for finding in findings) else 1
