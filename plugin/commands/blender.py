"""talkies blender: the extension for Blender's Video Sequencer, as a zip or installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from talkies.core.errors import ArgumentError
from talkies.plugin.console import show

SWITCH_ON = "switch it on in Blender: Edit > Preferences > Add-ons > Talkies, then N in the Video Sequencer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    text = "write the zip that Blender installs (Preferences > Get Extensions > Install from Disk)"
    packing = actions.add_parser("package", help=text, description=text[0].upper() + text[1:] + ".")
    packing.add_argument("--out", metavar="ZIP", type=Path, help="default: talkies-VERSION.zip in this folder")
    packing.set_defaults(act=_package)
    text = "put the extension into every Blender that is found, or bring it up to date there"
    installing = actions.add_parser("install", help=text, description=text[0].upper() + text[1:] + ".")
    installing.add_argument("--blender", metavar="PATH", type=Path, help="only this Blender: its program")
    installing.set_defaults(act=_install)


def run(options: argparse.Namespace) -> int:
    return int(options.act(options))


def _package(options: argparse.Namespace) -> int:
    from talkies.plugin.blender.packaging import package

    show(str(package(options.out)))
    return 0


def _install(options: argparse.Namespace) -> int:
    from talkies.plugin.blender.packaging import install
    from talkies.plugin.blender.places import blender_at, find_blenders

    chosen = options.blender
    blenders = (blender_at(chosen),) if chosen else tuple(each for each in find_blenders() if not each.is_old)
    if not blenders:
        raise ArgumentError(
            "Blender", "4.2 or newer was not found on this machine", "name it with --blender PATH, or use 'package'"
        )
    for blender in blenders:
        done = install(blender)
        what = f"{done.before} to {done.version}" if done.outcome == "upgraded" else done.version
        show(f"Blender {blender.version} ({blender.path}): talkies {what} {done.outcome} in {done.folder}")
    show(SWITCH_ON)
    return 0
