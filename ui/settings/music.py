"""Settings of the music: how fast, by whom, what it meets, and how it makes way for speech."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from talkies.core.generation.music_settings import MAX_DUCK_DB
from talkies.core.score.asked import MOST_STRETCH
from talkies.core.score.ensemble import ENSEMBLES
from talkies.core.score.tempo import FASTEST, SLOWEST
from talkies.ui.settings.fields import ChoiceField, DecimalField, PercentField
from talkies.ui.settings.form import Form, WholeForm
from talkies.ui.settings.words import music_names, music_tips
from talkies.ui.work.document import Document


class MusicPanel(WholeForm):
    part = "music"
    gestures = ("tempo", "stretch", "duck")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        document.spots_changed.connect(self.warn)

    def _fields(self) -> dict[str, Any]:
        tr = self.tr
        names = {"piano": tr("Piano"), "organ": tr("Organ"), "salon": tr("Salon"), "orchestra": tr("Orchestra")}
        ensembles = [("", tr("As the prompt says")), *((name, names.get(name, name)) for name in ENSEMBLES)]
        hits = [("cuts", tr("Cuts")), ("spots", tr("Spots")), ("markers", tr("Markers")), ("none", tr("Nothing"))]
        auto = tr("Automatic")
        return {
            "tempo": DecimalField(SLOWEST, FASTEST, 1.0, self._changer("tempo"), unset=auto, unit=" bpm"),
            "ensemble": ChoiceField(ensembles, self._changer("ensemble")),
            "hits": ChoiceField(hits, self._changer("hits")),
            "stretch": PercentField(1.0, 100 * MOST_STRETCH, 1.0, self._changer("stretch")),
            "duck": DecimalField(0.0, MAX_DUCK_DB, 1.0, self._changer("duck"), unit=" dB"),
        }

    def _form(self) -> tuple[str, Form]:
        return self.tr("Music"), Form(self.fields, music_names(), music_tips(), ("hits", self.warning))

    def _warnings(self) -> tuple[str, ...]:
        if self._document.music.hits != "spots" or self._document.lists or self._document.timeline is None:
            return ()
        return (self.tr("No shot has a spotting list yet: Ctrl+K spots the chosen shots."),)
