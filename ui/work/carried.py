"""What stays when takes replace earlier ones: sound of ours that lies in no new take's place is laid again as it was.

Hosts replace whole tracks of ours. So that nothing goes beyond the chosen shots and departments, the clips of those
tracks that no new take of their department overlaps are read back as takes and written along with the new ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from talkies.core.errors import ArgumentError
from talkies.core.hosts.host import AudioTrack, PlacedClip
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.structure.sounds import OUR_NAME


def carried_over(
    timeline: Timeline, tracks: Iterable[AudioTrack], new: Sequence[Take], media_dir: Path | None = None
) -> tuple[Take, ...]:
    """The takes on tracks of ours in ``tracks`` that stay while ``new`` ones replace the others, as ``timeline`` holds
    them.

    Raises ArgumentError for a clip that should stay and is not in the timeline as a take; MediaError, TimelineError for
    one whose file is missing or whose speed was changed.
    """
    from talkies.core.turnover.from_timeline import takes_in

    staying = [clip for track in tracks for clip in _staying(track, new)]
    if not staying:
        return ()
    known = takes_in(timeline, media_dir)
    found = {id(clip): next((take for take in known if _is_shown_by(take, clip)), None) for clip in staying}
    takes = {take.name: take for take in found.values() if take is not None}
    lost = [clip for clip in staying if found[id(clip)] is None or _is_twice(found[id(clip)], takes, new)]
    if lost:
        sounds = f"{lost[0].name}" + (f" and {len(lost) - 1} more" if len(lost) > 1 else "")
        problem = f"would take away {sounds}, which was not chosen and cannot be read back"
        raise ArgumentError("replacing", problem, "choose these shots too, or write new tracks")
    return tuple(takes.values())


def _staying(track: AudioTrack, new: Iterable[Take]) -> list[PlacedClip]:
    """The clips of a track of ours that no new take of its department overlaps."""
    ours = OUR_NAME.match(track.name)
    if ours is None:
        return []
    places = [take.record for take in new if take.stem == ours[1]]
    return [clip for clip in track.clips if not any(clip.record.overlap(place) for place in places)]


def _is_shown_by(take: Take, clip: PlacedClip) -> bool:
    same_file = clip.file is not None and clip.file.name == take.path.name
    return take.record == clip.record and (same_file or clip.name == take.name)


def _is_twice(take: Take | None, takes: dict[str, Take], new: Iterable[Take]) -> bool:
    """Whether another take of that name would be written to the same file."""
    return take is not None and (takes[take.name] is not take or any(other.name == take.name for other in new))
