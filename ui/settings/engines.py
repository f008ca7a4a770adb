"""The engines as the panel offers them: each with its licence, and whether what it makes may be sold."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from talkies.core.engines.base import ENGINES
from talkies.core.engines.catalogue import Listed, catalogue
from talkies.core.errors import TalkiesError


def engine_choices() -> list[tuple[str, str, str]]:
    """Of each engine that can be chosen its name, what it is called in a list, and a tool tip."""
    try:
        listed = [each for each in catalogue() if not each.problem and each.chosen_by == "--engine"]
    except TalkiesError:  # the user's own list cannot be read; 'talkies engines list' says why
        return [(name, name, "") for name in ENGINES]
    return [(each.name, _label(each), _tip(each)) for each in listed]


def _label(engine: Listed) -> str:
    if engine.sellable is not False:
        return engine.name
    return QCoreApplication.translate("Engines", "{name} (not to be sold)").format(name=engine.name)


def _tip(engine: Listed) -> str:
    tr = QCoreApplication.translate
    sold = {
        True: tr("Engines", "what it makes may be sold"),
        False: tr("Engines", "what it makes may not be sold"),
        None: tr("Engines", "whether what it makes may be sold is unknown"),
    }[engine.sellable]
    return f"{engine.name} {engine.version}: {', '.join(engine.tasks)}\n{engine.licence}; {sold}"
