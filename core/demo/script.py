"""Script and timeline of the demo film: what it shows when, and what is said in it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from talkies.core.files.atomic import part_file

RATE = Fraction(25)
SIZE = (640, 360)


@dataclass(frozen=True)
class Clip:
    """One shot of the film, in seconds of record time."""

    name: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True)
class Subtitle:
    """``syllables``: how wide the mouth opens in each, 0 to 1; empty for a sound description."""

    text: str
    start: Fraction
    end: Fraction
    syllables: tuple[float, ...] = ()


CLIPS = (
    Clip("Workshop", Fraction(0), Fraction(7)),
    Clip("Gravel path", Fraction(7), Fraction(13)),
    Clip("Portrait", Fraction(13), Fraction(21)),
)

SUBTITLES = (
    Subtitle("[footsteps on gravel]", Fraction("7.4"), Fraction("12.6")),
    #         the  mor- ning train was  late  a-  gain
    Subtitle(
        "The morning train was late again.",
        Fraction("14.0"),
        Fraction("16.0"),
        (0.35, 0.85, 0.4, 0.8, 0.6, 0.85, 0.45, 0.75),
    ),
    #         she  closed the  book and  looked out  at  the  rain
    Subtitle(
        "She closed the book and looked out at the rain.",
        Fraction("17.2"),
        Fraction("19.8"),
        (0.4, 0.75, 0.35, 0.45, 0.8, 0.5, 1.0, 0.7, 0.35, 0.85),
    ),
)


def write_timeline_file(path: Path, film: str) -> Path:
    """Writes the timeline: the film's shots on V1, its lines on a subtitle track. Raises OutputError."""
    timeline = otio.schema.Timeline("talkies demo", global_start_time=_time(Fraction(0)))
    video = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    whole = _range(Fraction(0), CLIPS[-1].end)
    for clip in CLIPS:
        reference = otio.schema.ExternalReference(film, whole)
        video.append(otio.schema.Clip(clip.name, reference, _range(clip.start, clip.end)))
    titles = otio.schema.Track("Subtitles EN", kind="Subtitle")
    place = Fraction(0)
    for subtitle in SUBTITLES:
        titles.append(otio.schema.Gap(source_range=_range(Fraction(0), subtitle.start - place)))
        length = _range(Fraction(0), subtitle.end - subtitle.start)
        titles.append(otio.schema.Clip(subtitle.text, otio.schema.MissingReference(), length))
        place = subtitle.end
    timeline.tracks.extend([video, titles])
    with part_file(path) as part:
        part.write_text(otio.adapters.write_to_string(timeline, "otio_json"), "utf-8")
    return path


def _time(seconds: Fraction) -> otio.opentime.RationalTime:
    frames = seconds * RATE
    return otio.opentime.RationalTime(float(frames), float(RATE))


def _range(start: Fraction, end: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start), _time(end - start))
