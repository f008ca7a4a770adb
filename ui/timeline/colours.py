"""The timeline's colours, all from the theme: clips are quiet; what is talkies' own or chosen stands out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor

from talkies.core.segment import STEMS
from talkies.ui.theme import Colours, colours


@dataclass(frozen=True)
class ClipColours:
    """A clip's body, its strip with the name, its waveform (peaks, and within them the effective level), its text."""

    body: QColor
    strip: QColor
    peak: QColor
    level: QColor
    text: QColor


@dataclass(frozen=True)
class TimelineColours:
    """Everything the timeline paints with. ``lane``: behind clips; ``shade``: over what lies outside the range."""

    ground: QColor
    lane: QColor
    header: QColor
    line: QColor
    text: QColor
    faint: QColor
    accent: QColor
    selected: QColor
    playhead: QColor
    shade: QColor
    offline: ClipColours
    picture: ClipColours
    words: ClipColours
    described: ClipColours
    sound: ClipColours
    stems: dict[str, ClipColours]

    @classmethod
    def of(cls, theme: Colours) -> TimelineColours:
        ground, text = QColor(theme.well), QColor(theme.text)

        def clip(colour: str | QColor, strength: float = 0.45) -> ClipColours:
            own = QColor(colour)
            return ClipColours(
                body=mixed(ground, own, strength * 0.62),
                strip=mixed(ground, own, strength + 0.2),
                peak=mixed(ground, own, 0.82),
                level=mixed(own, text, 0.25),
                text=text,
            )

        return cls(
            ground=ground,
            lane=mixed(ground, QColor(theme.window), 0.75),
            header=QColor(theme.window),
            line=QColor(theme.line),
            text=text,
            faint=QColor(theme.faint),
            accent=QColor(theme.accent),
            selected=_with_alpha(theme.accent, 52),
            playhead=QColor(theme.playhead),
            shade=_with_alpha(theme.well, 130),
            offline=clip(theme.error, 0.3),
            picture=clip(theme.picture, 0.75),
            words=clip(theme.words, 0.75),
            described=clip(theme.effects, 0.5),
            sound=clip(theme.sound, 0.6),
            stems={stem: clip(theme.stem(stem)) for stem in STEMS},
        )


@lru_cache(maxsize=4)
def _colours_of(theme: Colours) -> TimelineColours:
    return TimelineColours.of(theme)


def timeline_colours() -> TimelineColours:
    """Those of the theme that is on."""
    return _colours_of(colours())


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` of the second colour in the first, opaque."""

    def between(one: int, other: int) -> int:
        return round(one + (other - one) * share)

    return QColor(
        between(first.red(), second.red()), between(first.green(), second.green()), between(first.blue(), second.blue())
    )


def _with_alpha(colour: str, alpha: int) -> QColor:
    result = QColor(colour)
    result.setAlpha(alpha)
    return result
