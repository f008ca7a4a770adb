"""Prompts that were used before, and those kept as favourites; the same for every timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QMenu

from talkies.ui.plain_text import on_button

_MOST_RECENT: Final = 20
_MOST_SHOWN: Final = 60
_LONGEST: Final = 500  # characters of a prompt that is kept
_RECENT, _FAVOURITES = "prompts/recent", "prompts/favourites"


class PromptMemory(QObject):
    """In ``store``; without one, for as long as the window is open."""

    changed = Signal()

    def __init__(self, store: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._kept = {key: self._stored(key) for key in (_RECENT, _FAVOURITES)}

    @property
    def recent(self) -> tuple[str, ...]:
        """The newest first."""
        return self._kept[_RECENT]

    @property
    def favourites(self) -> tuple[str, ...]:
        """In the order in which they were kept."""
        return self._kept[_FAVOURITES]

    def remember(self, prompt: str) -> None:
        """A prompt that was used just now."""
        if text := _tidy(prompt):
            self._keep(_RECENT, (text, *(each for each in self.recent if each != text))[:_MOST_RECENT])

    def toggle_favourite(self, prompt: str) -> bool:
        """Keeps a prompt, or no longer; returns whether it is kept now."""
        text = _tidy(prompt)
        others = tuple(each for each in self.favourites if each != text)
        kept = bool(text) and len(others) == len(self.favourites)
        self._keep(_FAVOURITES, (*others, text) if kept else others)
        return kept

    def forget_recent(self) -> None:
        self._keep(_RECENT, ())

    def fill(self, menu: QMenu, chosen: Callable[[str], None], prompt: str) -> None:
        """Favourites and recent prompts, each of which gives itself to ``chosen``; and what can be done with
        ``prompt``, the one that is there now."""
        menu.clear()
        for title, prompts in ((self.tr("Favourites"), self.favourites), (self.tr("Used before"), self.recent)):
            if prompts:
                menu.addSection(title)
            for each in prompts:
                menu.addAction(on_button(each, _MOST_SHOWN)).triggered.connect(lambda _=False, text=each: chosen(text))
        menu.addSeparator()
        is_kept = _tidy(prompt) in self.favourites
        words = self.tr("No longer a favourite") if is_kept else self.tr("Keep as a favourite")
        menu.addAction(words, lambda: self.toggle_favourite(prompt)).setEnabled(bool(_tidy(prompt)))
        menu.addAction(self.tr("Forget what was used before"), self.forget_recent).setEnabled(bool(self.recent))

    def _keep(self, key: str, prompts: tuple[str, ...]) -> None:
        if prompts != self._kept[key]:
            self._kept[key] = prompts
            if self._store is not None:
                self._store.setValue(key, list(prompts))
            self.changed.emit()

    def _stored(self, key: str) -> tuple[str, ...]:
        kept: Any = self._store.value(key, []) if self._store is not None else []
        return (kept,) if isinstance(kept, str) and kept else tuple(str(each) for each in kept or [])


def _tidy(prompt: str) -> str:
    return " ".join(prompt.split())[:_LONGEST]
