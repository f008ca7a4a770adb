"""Whether two parts of talkies fit together: each says its protocol and its version, and what does not fit is named in
one sentence with its cure.

    client ──► hello {"client": "Blender extension", "protocol": 2, "version": "0.1.0"} ──► worker
    client ◄── {"protocol": 2, "version": "0.2.0", "warning": "Blender extension: is of talkies 0.1.0, ..."} ◄── worker

Rule 1. The newer side speaks, for only it knows what has changed: a worker refuses a client whose protocol it has given
        up, a client refuses a worker that does not yet speak its own.
Rule 2. Another version with a protocol that both speak is a warning, and the work goes on.
Rule 3. Who says nothing of itself is a script: it gets what it asks for, as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from talkies.core.errors import ArgumentError

PROTOCOL: Final = 2
"""Of the worker. 2: a client may say what it is; reports have exact times and tracks."""

OLDEST: Final = 1
"""The oldest protocol that the worker still speaks."""

CURES: Final = {
    "Blender extension": "run 'talkies blender install' and start Blender again",
    "panel": "close the panel and open it again",
}
"""By client, what makes it as new as the program."""

VERSIONS: Final = "install the same version of talkies on both sides"

_IN_EDITORS: Final = {"Blender": CURES["Blender extension"], "DaVinci Resolve": "run 'talkies resolve install'"}

UPDATE: Final = "update it: pip install --upgrade talkies"


def our_version() -> str:
    """Of the program that runs."""
    return version("talkies")


def hello_of(client: str) -> dict[str, Any]:
    """What a client says of itself."""
    return {"client": client, "protocol": PROTOCOL, "version": our_version()}


def greeting(hello: Mapping[str, Any]) -> dict[str, Any]:
    """What the worker answers. Raises ArgumentError for a client that it no longer understands."""
    answer: dict[str, Any] = {"protocol": PROTOCOL, "version": our_version()}
    if "protocol" not in hello:
        return answer
    client, spoken = _name(hello.get("client")), hello["protocol"]
    if not isinstance(spoken, int) or isinstance(spoken, bool) or spoken < OLDEST:
        raise ArgumentError(client, f"is too old for talkies {our_version()}", _cure(client))
    if spoken <= PROTOCOL and hello.get("version") != our_version():
        answer["warning"] = f"{client}: is of talkies {_short(hello.get('version'))}, {_here()}; {_cure(client)}"
    return answer


def problem_with(answer: Any) -> str:
    """What a client must say of the worker's greeting, whatever that is; "" when they fit."""
    said = answer if isinstance(answer, Mapping) else {}
    spoken = said.get("protocol")
    if isinstance(spoken, int) and spoken >= PROTOCOL:
        return ""
    return f"talkies {_short(said.get('version'))}: is older than what asks it ({our_version()}); {UPDATE}"


def outdated(editor: str, stated: Any) -> str:
    """What is to be said of an editor's copy of talkies that states its version, "" where there is nothing to say.

    Only Blender has a copy of its own; DaVinci Resolve loads the files of the program itself.
    """
    if not editor.startswith("Blender") or stated == our_version():
        return ""
    theirs = f"talkies {_short(stated)}" if isinstance(stated, str) else "an older talkies"
    return f"{editor}: its extension is of {theirs}, {_here()}; {cure_in(editor)}"


def cure_in(editor: str) -> str:
    """What makes an editor's side as new as the program."""
    found = (cure for name, cure in _IN_EDITORS.items() if editor.startswith(name))
    return next(found, VERSIONS)


def _here() -> str:
    return f"and the program is {our_version()}"


def _cure(client: str) -> str:
    return CURES.get(client, VERSIONS)


def _name(client: Any) -> str:
    return _short(client) if isinstance(client, str) and client.strip() else "the client"


def _short(value: Any) -> str:
    return " ".join(str(value or "unknown").split())[:60]
