"""What can be known before the work begins: unusable arguments, and what the user should be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from talkies.core.errors import ArgumentError, InputError
from talkies.core.events import Failed
from talkies.core.generation.disk_space import STEMS_FOLDER, continuous_bytes, needed_bytes
from talkies.core.generation.request import Request, Task, did_you_mean
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.segment import Cue, Segment, Stem, Timeline
from talkies.core.takes.run_folder import Output


def check_request(
    request: Request, timeline: Timeline, stems: Mapping[str, Sequence[Stem]], output: Output
) -> tuple[str, ...]:
    """Everything about the arguments that can be known before the work begins; returns what the format of the output
    has no place for, one sentence each. Raises ArgumentError, OutputError."""
    check_made(request, stems)
    from talkies.core.destinations import check_output, losses  # late: reading alone stays quick

    check_output(timeline, request.out)
    check_pops(request)
    output.check(needed_bytes(stems, request) + continuous_bytes(timeline, stems, request))
    return losses(timeline, request.out)


def check_made(request: Request, stems: Mapping[str, Sequence[Stem]]) -> None:
    """Raises ArgumentError when there would be nothing to make, or no such loudness."""
    if request.loudness not in PRESETS:
        raise ArgumentError(
            "--loudness", f"there is no preset {request.loudness!r}", did_you_mean(request.loudness, PRESETS)
        )
    if not any(stems.values()):
        raise ArgumentError(
            request.timeline, "has no subtitle over the chosen segments", "add subtitles, or use --task foley"
        )


def check_pops(request: Request) -> None:
    """Raises ArgumentError where a pop has no room."""
    if (request.two_pop or request.tail_pop) and request.out.suffix.lower() != STEMS_FOLDER:
        option = "--two-pop" if request.two_pop else "--tail-pop"
        cure = f"write a stems folder (NAME{STEMS_FOLDER}), or use 'talkies turnover'"
        raise ArgumentError(option, "there is no room for it before and after a timeline", cure)


def warnings_about(
    timeline: Timeline, segments: Sequence[Segment], owner: Mapping[Cue, Segment], task: Task
) -> list[str]:
    """What the reader noticed about the timeline and the chosen segments, and words that nobody will speak."""
    sentences = [*timeline.warnings, *segment_warnings(segments)]
    languages = {cue.language for cue in owner} or {cue.language for cue in timeline.cues}
    lost = [cue for cue in timeline.cues if cue.kind == "speech" and cue not in owner and cue.language in languages]
    if lost and task != "foley":
        where = timeline.timecode(lost[0].range.start)
        sentences.append(f"{len(lost)} subtitles lie over no picture and are not spoken, the first at {where}")
    return sentences


def segment_warnings(segments: Iterable[Segment]) -> list[str]:
    """What the reader noticed about segments that have a picture; the others fail, and say why."""
    return [
        f"segment {segment.id} ({segment.clip}): {warning}"
        for segment in segments
        if segment.picture is not None
        for warning in segment.warnings
    ]


def nothing_made(timeline: Timeline, failures: Sequence[Failed]) -> InputError:
    """Every segment failed: the reason if there is but one, else how many and the first reason."""
    reasons = list(dict.fromkeys(failure.reason for failure in failures))
    subject, _, problem = reasons[0].partition(": ")
    if len(reasons) == 1:
        return InputError(subject, problem)
    return InputError(timeline.path, f"none of {len(failures)} sounds could be made; the first because {reasons[0]}")
