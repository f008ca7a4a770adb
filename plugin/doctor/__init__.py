"""Doctor: what works on this machine, and the cure for what does not.

    machine    Python, torch, codecs, espeak, weights, disk, Qt
    adapters   OpenTimelineIO's plugins: which formats are read and written without which of them
    editors    Blender, DaVinci Resolve, Kdenlive, Shotcut, melt: found, of which version, with our side installed

Every check is a small function that answers with its findings and may break as it likes: that is a finding too.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from talkies.plugin.doctor.adapters import adapters
from talkies.plugin.doctor.editors import EDITORS
from talkies.plugin.doctor.finding import REINSTALL, Check, Finding, sentence
from talkies.plugin.doctor.machine import MACHINE

__all__ = ["Finding", "examine"]

HERE: Mapping[str, Check] = {**MACHINE, "adapters": adapters}


def examine() -> list[Finding]:
    """All findings; the editors are asked for their versions meanwhile."""
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(_careful, name, check) for name, check in EDITORS.items()]
        here = [_careful(name, check) for name, check in HERE.items()]
        return [finding for found in (*here, *(answer.result() for answer in asked)) for finding in found]


def _careful(name: str, check: Check) -> tuple[Finding, ...]:
    try:
        found = check()
    except Exception as error:  # noqa: BLE001 - a check that fails is a finding, and the others go on
        return (Finding(name, False, sentence(error), REINSTALL, needed=name in ("torch", "codecs", "espeak")),)
    return found if isinstance(found, tuple) else (found,)
