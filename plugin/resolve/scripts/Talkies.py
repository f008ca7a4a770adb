# ruff: noqa: N999 - Resolve's menu shows a script under the name of its file
"""Workspace ▸ Scripts ▸ Talkies: opens the talkies panel for the timeline that is shown.

Installed by 'talkies resolve install': run that again rather than change this. The work is done by the files in
``INSIDE``, which belong to talkies itself, so that a newer talkies seldom needs a newer copy of this.
"""

import importlib.util
import os
import sys

STAMP = ""  # baked: the version that installed this, and a hash of the rest
PROGRAM = ["talkies"]  # baked: the command, as arguments
INSIDE = ""  # baked: the folder of talkies' files for Resolve

STUDIO_ONLY = (
    "DaVinci Resolve does not let this script in. Since version 21.1 Python scripts need DaVinci Resolve Studio: in the "
    "free edition run 'talkies resolve panel' and then choose Workspace > Scripts > Talkies (free edition)."
)
MOVED = f"{INSIDE} is not there: talkies was moved or removed. Run 'talkies resolve install' again."


def inside():
    """talkies' files for Resolve as a package of their own name, whatever else is on Python's path."""
    place = os.path.join(INSIDE, "__init__.py")
    if not os.path.isfile(place):
        raise ImportError(MOVED)
    spec = importlib.util.spec_from_file_location("talkies_inside", place, submodule_search_locations=[INSIDE])
    package = sys.modules["talkies_inside"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    return package


def find_resolve():
    """The running Resolve: given to scripts of its menu, else asked for; None when it refuses."""
    given = globals().get("resolve")
    if given is None:
        try:
            import DaVinciResolveScript

            given = DaVinciResolveScript.scriptapp("Resolve")
        except ImportError:
            return None
    return given


def main():
    try:
        inside()
        from talkies_inside.session import run
        from talkies_inside.telling import tell
    except ImportError as error:
        print(f"talkies: {error}")
        return
    found = find_resolve()
    if found is None or found.GetProjectManager() is None:
        tell(STUDIO_ONLY)
    else:
        run(found, PROGRAM)


if __name__ == "__main__":
    main()
