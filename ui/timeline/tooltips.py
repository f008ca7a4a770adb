"""Tooltips: what lies under a point of the timeline, and its description."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QCoreApplication

from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.timeline.structure.sounds import SoundClip
from talkies.core.times import TimeRange
from talkies.ui.timeline.cache_keys import PeaksKey
from talkies.ui.timeline.media import Media
from talkies.ui.timeline.rows import Row
from talkies.ui.work.document import Document
from talkies.ui.work.spot_places import SpotPlace
from talkies.ui.work.state import TakeRecord


@dataclass(frozen=True)
class Hit:
    """A place on a row; ``index`` is the item there, None between items. ``position``: seconds, not snapped."""

    row: Row
    index: int | None
    position: Fraction

    @property
    def item(self) -> Any:
        """A Segment, Cue, SpotPlace, ListedShot, TakeRecord or SoundClip, or None."""
        return None if self.index is None else self.row.items[self.index]

    @property
    def segment_id(self) -> str:
        """The segment that is meant: the clip itself, or the one that a take belongs to; "" for none."""
        item = self.item
        return item.id if isinstance(item, Segment) else getattr(item, "segment_id", "")


def describe(hit: Hit, document: Document, media: Media) -> str:
    """A few lines for a tool tip; "" where nothing lies."""
    timeline = document.open_timeline()
    item = hit.item
    if item is None or hit.index is None:
        return ""
    lines = [
        *(_spot_lines(item, document) or _lines(item, media)),
        *_doubts(item, document),
        _place(hit.row.spans.ranges[hit.index], timeline),
    ]
    return "\n".join(line for line in lines if line)


def _lines(item: Any, media: Media) -> list[str]:
    if isinstance(item, Segment):
        return [f"{item.clip}  ({item.id})", speed_of(item), *item.warnings, _picture_problem(item, media)]
    if isinstance(item, Cue):
        return [f"{item.speaker}: {item.text}" if item.speaker else item.text]
    if isinstance(item, SoundClip):
        muted = "" if item.enabled else tr("disabled in the editor")
        return [item.name, muted, item.problem or media.problem(PeaksKey(item.path)) if item.path else item.problem]
    if isinstance(item, TakeRecord):
        made = ", ".join(f"{name} {item.facts[name]}" for name in ("prompt", "voice") if item.facts.get(name))
        seed = tr("take {number}, seed {seed}").format(number=item.number, seed=item.seed)
        title = item.music or f"{item.stem} {item.speaker}".strip()
        return [title, _played(item), seed, made, media.problem(PeaksKey(item.path))]
    return []


def _played(take: TakeRecord) -> str:
    """Key, tempo, players, and whether it makes way; "" for what is no music."""
    if not take.cue:
        return ""
    facts, tempo = take.facts, take.amount("tempo")
    pace = tr("{tempo:.0f} quarters a minute").format(tempo=tempo) if tempo else ""
    lower = tr("{duck:g} dB lower under speech, more in its bands")
    way = lower.format(duck=take.amount("duck")) if take.makes_way else ""
    instruments = facts.get("instruments")
    players = ", ".join(str(each) for each in instruments) if isinstance(instruments, list) else ""
    return "; ".join(each for each in (str(facts.get("key", "")), pace, players, way) if each)


def _spot_lines(item: Any, document: Document) -> list[str]:
    """What a spot sounds like, how strongly, and who makes it."""
    if not isinstance(item, SpotPlace):
        return []
    spot = item.spot
    source = spot.file or {"auto": "", "rules": tr("by rules"), "network": tr("by the network")}.get(
        spot.source, tr("from the library")
    )
    sure = tr("seen with confidence {share:.2f}").format(share=spot.confidence) if spot.confidence < 1 else ""
    force = tr("force {share:.2f}").format(share=spot.force)
    return [f"{spot.id}  {document.own_words(spot)}", force, source, sure, tr("locked") if spot.locked else ""]


def _doubts(item: Any, document: Document) -> list[str]:
    """What speaks against a take."""
    if not isinstance(item, TakeRecord):
        return []
    sentences = (
        (tr("nothing sounds here"), item.take.is_silent),
        (tr("made of words that were edited since"), document.is_stale(item.id)),
        (tr("made of a spotting list that was edited since"), document.has_other_spots(item.id)),
    )
    return [sentence for sentence, is_so in sentences if is_so]


def speed_of(segment: Segment) -> str:
    """A retimed clip's speed as an editor writes it, "" at normal speed."""
    if segment.curve is not None:
        return tr("changing speed")
    if segment.speed == 1:
        return ""
    return tr("freeze") if segment.speed == 0 else f"{float(segment.speed * 100):g} %"


def tr(text: str) -> str:
    """For translation, outside of a widget."""
    return QCoreApplication.translate("Timeline", text)


def _picture_problem(segment: Segment, media: Media) -> str:
    picture = segment.picture
    return media.problem_of(picture.path) if picture is not None else ""


def _place(span: TimeRange, timeline: Timeline) -> str:
    return f"{timeline.timecode(span.start)} – {timeline.timecode(span.end)}"
