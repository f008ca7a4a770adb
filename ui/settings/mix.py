"""Settings of the whole timeline: what its backgrounds sound like, how its effects are panned, and the mark."""

from __future__ import annotations

from typing import Any

from talkies.core.backgrounds.words import read_words
from talkies.core.generation.request import MAX_PROMPT
from talkies.core.media.panning import PAN_LAWS
from talkies.ui.settings.fields import ChoiceField, DecimalField, NamedWordsField, SwitchField
from talkies.ui.settings.form import Form, WholeForm
from talkies.ui.settings.words import mix_names, mix_tips


class MixPanel(WholeForm):
    part = "mix"
    gestures = ("width",)

    def _fields(self) -> dict[str, Any]:
        beds = [("", self.tr("Default")), ("auto", self.tr("Automatic")), ("off", self.tr("Off"))]
        laws = [(law, f"−{law.removesuffix('dB')} dB") for law in PAN_LAWS]
        return {
            "background": NamedWordsField(beds, MAX_PROMPT, self._changer("background")),
            "width": DecimalField(0.0, 1.0, 0.1, self._changer("width")),
            "pan_law": ChoiceField(laws, self._changer("pan_law")),
            "mark": SwitchField(self.tr("in what a model makes"), self._changer("mark")),
        }

    def _form(self) -> tuple[str, Form]:
        warning = ("background", self.warning)
        return self.tr("Whole timeline"), Form(self.fields, mix_names(), mix_tips(), warning)

    def _warnings(self) -> tuple[str, ...]:
        words = self._document.mix.background
        return () if words.casefold() in ("", "auto", "off") else tuple(read_words(words).warnings)
