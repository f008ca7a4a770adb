"""talkies mcp: a server of the Model Context Protocol on standard input and output, for assistants inside editors."""

from __future__ import annotations

import argparse

from talkies.core.errors import MissingExtraError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no options: an assistant says what it wants in its calls."""


def run(options: argparse.Namespace) -> int:
    try:
        import anyio

        from talkies.plugin.commands.assistants.server import serve
    except ImportError as error:
        if (error.name or "").startswith("talkies"):
            raise
        raise MissingExtraError("mcp", "is not installed", "pip install 'talkies[mcp]'") from error
    anyio.run(serve)
    return 0
