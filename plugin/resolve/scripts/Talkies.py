# ruff: noqa: N999 - Resolve's menu shows a script under the name of its file
"""Workspace ▸ Scripts ▸ Talkies: opens the talkies panel for the timeline that is shown.

Installed by 'talkies resolve install': run that again rather than change this. The work is done by the files in
``INSIDE``, which belong to talkies itself, so that a newer talkies seldom needs a newer copy of this.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

STAMP = ""  # baked: the version that installed this, and a hash of the rest
PROGRAM = ["talkies"]  # baked: the command, as arguments
INSIDE = ""  # baked: the folder of talkies' files for Resolve

STUDIO_ONLY = (
    "DaVinci Resolve does not let this script in. Since version 21.1 Python scripts need DaVinci Resolve Studio: in "
    "the free edition run 'talkies resolve panel', then choose Workspace > Scripts > Talkies (free edition)."
)
MOVED = f"{INSIDE} is not there: talkies was moved or removed. Run 'talkies resolve install' again."


def load(name: str) -> Any:
    """One of talkies' files for Resolve, in a package of their own name, whatever else is on Python's path."""
    place = Path(INSIDE) / "__init__.py"
    spec = importlib.util.spec_from_file_location("talkies_inside", place, submodule_search_locations=[INSIDE])
    if spec is None or spec.loader is None or not place.is_file():
        raise ImportError(MOVED)
    if "talkies_inside" not in sys.modules:
        package = sys.modules["talkies_inside"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
    return importlib.import_module(f"talkies_inside.{name}")


def find_resolve() -> Any:
    """The running Resolve: given to scripts of its menu, else asked for; None when it refuses."""
    given = globals().get("resolve")
    if given is None:
        try:
            given = importlib.import_module("DaVinciResolveScript").scriptapp("Resolve")
        except ImportError:
            return None
    return given if given is not None and given.GetProjectManager() is not None else None


def main() -> None:
    try:
        session, refusal = load("session"), load("refusal")
    except ImportError as error:
        print(f"talkies: {error}")
        return
    resolve = find_resolve()
    if resolve is None:
        refusal.tell(STUDIO_ONLY)
    else:
        session.run(resolve, PROGRAM)


if __name__ == "__main__":
    main()
