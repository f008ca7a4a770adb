"""talkies worker: see plugin/worker.py."""

from __future__ import annotations

import argparse

SUMMARY = "answer requests, one JSON object per line, on standard input and output (for editor plugins)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no options: everything is in the requests."""


def run(options: argparse.Namespace) -> int:
    from talkies.plugin.worker import serve_stdio

    return serve_stdio()
