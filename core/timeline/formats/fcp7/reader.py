"""Final Cut Pro 7 XML, read by OTIO's adapter, with what that leaves out.

The adapter looks for a nested sequence's tracks beside its ``<media>``; takes elements of different kinds with the same
id for one; leaves retimes in Final Cut's own terms (retimes.py); counts a clip's markers from zero where FCP7 counts
from the first frame of the file; and knows neither Premiere's names of tracks and exact places of sound, nor stills,
nor what is switched off, nor drop-frame timecode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import read_text, safe_xml
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.formats.adapters import as_timeline, guarded
from talkies.core.timeline.formats.fcp7.retimes import fit_to_fill, translate_retime
from talkies.core.timeline.formats.fcp7.terms import TICKS_PER_SECOND
from talkies.core.timeline.media.image_sequences import IMAGE_SUFFIXES

_UNFOLDED, _UNFOLDED_TIMES = 10_000, 10
"""So many clips may come of nested sequences, or so many times those in the file: a few lines can nest to millions."""


def read_fcp7(path: Path) -> Loaded:
    """The first sequence of an ``.xml`` file. Raises TimelineError."""
    root = safe_xml(path, read_text(path))
    notes: list[str] = []
    found = guarded(path, lambda: _parser_class()(path, root, notes).top_level_sequences())
    if not found:
        raise TimelineError(path, "holds no sequence", "export the sequence itself as Final Cut Pro XML")
    loaded = as_timeline(path, found[0] if len(found) == 1 else otio.schema.SerializableCollection("", found))
    warnings = (*loaded.warnings, *dict.fromkeys(notes))
    return Loaded(loaded.document, drop_frame=_drops_frames(loaded.document.metadata), warnings=warnings)


def _drops_frames(metadata: Any) -> bool:
    """What the sequence's timecode says, the first one where there are several."""
    known: Any = metadata
    for key in ("fcp_xml", "timecode"):
        known = known.get(key) if isinstance(known, Mapping) else None
        known = next(iter(known), None) if isinstance(known, Sequence) else known
    return isinstance(known, Mapping) and known.get("displayformat") == "DF"


@cache
def _parser_class() -> Any:
    """The adapter's parser, mended; it can only be loaded through OTIO's plugins."""
    adapter: Any = otio.adapters.from_name("fcp_xml").module()

    class Parser(adapter.FCP7XMLParser):  # type: ignore[misc]
        def __init__(self, path: Path, root: Any, notes: list[str]) -> None:
            super().__init__(root)
            self._path, self._notes = path, notes
            self._known: dict[tuple[str, str], Any] = {}
            self._left = max(_UNFOLDED, _UNFOLDED_TIMES * len(list(root.iter("clipitem"))))

        def _derefed_element(self, element: Any) -> Any:
            """The one place where the adapter follows references by id."""
            name = None if element is None else element.get("id")
            return element if name is None else self._known.setdefault((element.tag, name), element)

        def stack_for_element(self, element: Any, context: Any) -> Any:
            media = self._derefed_element(element.find("./media")) if element.tag == "sequence" else None
            if media is None:
                return super().stack_for_element(element, context)
            if element in context.elements:
                raise RecursionError
            stack = super().stack_for_element(media, context.context_pushing_element(element))
            stack.name = element.findtext("./name") or ""
            stack.markers.extend(adapter.markers_from_element(element, context))
            return stack

        def track_for_element(self, track_element: Any, track_kind: str, context: Any) -> Any:
            track = super().track_for_element(track_element, track_kind, context)
            track.name = track.name or track_element.get("MZ.TrackName", "")
            track.enabled = _enabled(track_element)
            return track

        def item_and_timing_for_element(self, item_element: Any, *neighbours: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                problem = "nests sequences in each other until they hold too many clips"
                raise TimelineError(self._path, problem, "flatten its nested sequences in the editor")
            item, span = super().item_and_timing_for_element(item_element, *neighbours)
            if isinstance(item, otio.core.Item):
                item.enabled = _enabled(item_element)
            return item, span

        def effect_from_filter_element(self, filter_element: Any) -> Any:
            effect = super().effect_from_filter_element(filter_element)
            effect.enabled = _enabled(filter_element)
            return effect

        def clip_for_element(self, clipitem_element: Any, *place: Any) -> Any:
            item = super().clip_for_element(clipitem_element, *place)
            media = getattr(item, "media_reference", None)
            if media is not None and media.available_range is not None:
                for marker in item.markers:
                    span = marker.marked_range
                    span = otio.opentime.TimeRange(media.available_range.start_time + span.start_time, span.duration)
                    marker.marked_range = span
            translate_retime(item)
            _hold_still(item, clipitem_element)
            self._notes += fit_to_fill(item, clipitem_element)
            _place_exactly(item, clipitem_element)
            return item

    return Parser


def _hold_still(item: Any, element: Any) -> None:
    """A clip that shows one frame all the time says which."""
    if (element.findtext("./stillframe") or "").strip().upper() != "TRUE":
        return
    media = getattr(item, "media_reference", None)
    frame = element.findtext("./stillframeoffset")
    if frame is None and str(getattr(media, "target_url", "")).lower().endswith(IMAGE_SUFFIXES):
        return
    frame = frame or element.findtext("./in")
    first = otio.opentime.RationalTime(float(frame), item.source_range.start_time.rate)
    if media is not None and media.available_range is not None:
        first = media.available_range.start_time.rescaled_to(first.rate) + first
    item.source_range = otio.opentime.TimeRange(first, item.source_range.duration)
    item.effects.append(otio.schema.FreezeFrame("still"))


def _place_exactly(item: Any, element: Any) -> None:
    """Where sound begins inside its file, in Premiere's ticks instead of frames."""
    ticks = element.findtext("./pproTicksIn") or ""
    if element.findtext("./sourcetrack/mediatype") != "audio" or not ticks.isdigit() or len(item.effects):
        return
    rate = item.source_range.start_time.rate
    more = int(ticks) / TICKS_PER_SECOND * rate - float(element.findtext("./in"))
    if element.findtext("./start") != "-1" and abs(more) < 1:
        first = otio.opentime.RationalTime(item.source_range.start_time.value + more, rate)
        item.source_range = otio.opentime.TimeRange(first, item.source_range.duration)


def _enabled(element: Any) -> bool:
    return (element.findtext("./enabled") or "").strip().upper() != "FALSE"
