"""Clips of OTIO with several media (original, proxy): where the active one is not here, one that is takes its place."""

from __future__ import annotations

from typing import Any

import opentimelineio as otio

from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.media.urls import MediaFinder, file_name


def use_what_is_here(document: Any, media: MediaFinder) -> tuple[str, ...]:
    """Changes the active media of clips in ``document``; a sentence if there were any. Raises UnusableItemError."""
    changed = [name for clip in document.find_clips() if (name := _changed(clip, media))]
    if not changed:
        return ()
    more = f" and {len(changed) - 1} others" if len(changed) > 1 else ""
    return (f"{changed[0][:120]!r}{more} was not found: other media that the clip names are looked at",)


def _changed(clip: Any, media: MediaFinder) -> str:
    """The name of the active medium that gave way; "" where none did."""
    references = clip.media_references()
    active = clip.active_media_reference_key
    url = str(getattr(references.get(active), "target_url", "") or "")
    if len(references) < 2 or not url or media.find(url) is not None:
        return ""
    for key in sorted(references):
        if key != active and _is_here(references[key], clip, media):
            clip.active_media_reference_key = key
            return file_name(url)
    return ""


def _is_here(reference: Any, clip: Any, media: MediaFinder) -> bool:
    """Whether a medium is on this machine and has what the clip shows, as far as it says."""
    if not isinstance(reference, otio.schema.ExternalReference) or media.find(str(reference.target_url or "")) is None:
        return False
    stated, shown = reference.available_range, clip.source_range
    return stated is None or shown is None or to_range(stated).overlap(to_range(shown)) is not None
