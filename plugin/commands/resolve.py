"""talkies resolve: the menu entries for DaVinci Resolve, and the panel for its free edition."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.plugin.console import say, show
from talkies.plugin.display import check_display, missing

INSTALL = "put talkies into Resolve's menu Workspace > Scripts, or bring it up to date there"
PANEL = "open the panel for the timeline that the free edition shows (Studio opens it from its own menu)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    installing = actions.add_parser("install", help=INSTALL, description=INSTALL + ".")
    installing.add_argument("--folder", metavar="DIR", type=Path, help="Resolve's scripts folder, if not this user's")
    installing.set_defaults(act=_install)
    opening = actions.add_parser("panel", help=PANEL, description=PANEL + ".")
    opening.set_defaults(act=_panel)


def run(options: argparse.Namespace) -> int:
    return int(options.act(options))


def _install(options: argparse.Namespace) -> int:
    from talkies.plugin.resolve.installing import install
    from talkies.plugin.resolve.places import LUA_NAME, PYTHON_NAME

    for installed in install(options.folder):
        show(str(installed))
    show(f"DaVinci Resolve Studio: choose Workspace > Scripts > {Path(PYTHON_NAME).stem}")
    show(f"free edition: run 'talkies resolve panel', then choose Workspace > Scripts > {Path(LUA_NAME).stem}")
    return 0


def _panel(options: argparse.Namespace) -> int:
    from talkies.core.hosts.bridge import BridgedHost
    from talkies.plugin.resolve.installing import script_states
    from talkies.plugin.resolve.lua_transport import HOW, LuaTransport
    from talkies.plugin.resolve.places import LUA_NAME, scripts_folder

    state = script_states()[LUA_NAME]
    if state != "current":
        problem = {"absent": "is not installed", "old": "is of an older talkies"}.get(state, "was changed by hand")
        raise OutputError(scripts_folder() / LUA_NAME, problem, "run 'talkies resolve install'")
    check_display()
    try:
        from talkies.ui.app import editors_folder, run_panel
    except ImportError as error:
        raise missing(error) from error
    transport = LuaTransport()
    try:
        say(f"waiting for DaVinci Resolve: {HOW} (Ctrl+C stops waiting)")
        say(f"{transport.connect()} answers")
        host = BridgedHost(transport.requests, transport.answers, editors_folder())
        return int(run_panel(None, [sys.executable, "-m", "talkies.plugin.cli", "worker"], host, host.when_closed))
    finally:
        transport.close()
