"""How FCPXML says things: times, roles, speeds. Shared by its reader and its writer.

FCPXML has no names for tracks, only roles; FCP moves clips between lanes, but keeps roles. So a track of ours is known
by its role: ``DX talkies 2`` is ``dialogue.talkies-2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element

from talkies.core.curves import Curve
from talkies.core.timeline.cut.walking import UnusableItemError, usable_rate
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.structure.sounds import OUR_NAME
from talkies.core.timeline.words.languages import language_tag
from talkies.core.times import TimeRange, exact_rate

CONTAINERS = ("ref-clip", "sync-clip", "mc-clip")
STORY = ("clip", "asset-clip", "video", "audio", "gap", "title", "audition", *CONTAINERS)
"""What takes time in a storyline or is connected to something in one."""

AFTER_ANCHORS = (
    *("marker", "chapter-marker", "rating", "keyword", "analysis-marker", "hidden-clip-marker", "reserved", "metadata"),
    *("audio-channel-source", "audio-role-source", "sync-source", "filter-video", "filter-video-mask", "filter-audio"),
)
"""What the DTDs let follow the connected clips inside a clip."""

_ROLES = {"DX": "dialogue", "FX": "effects", "BG": "background", "MX": "music", "MIX": "mix", "PX": "portrait"}
_STEMS = {role: stem for stem, role in _ROLES.items()}
_OUR_ROLE = re.compile(rf"^({'|'.join(_STEMS)})\.talkies(?:-(\d+))?$", re.IGNORECASE)
_TIME = re.compile(r"^\s*(-?\d{1,19}(?:\.\d{1,9})?)(?:/(\d{1,19}))?s?\s*$")  # Apple's times are 64 bits wide
_RATE = re.compile(r"\d{1,3}(?:\.\d{1,4})?")
_NEAR, _FARTHEST = Fraction(1, 10), Fraction(7, 5)
_LANE = re.compile(r"^\s*-?\d{1,6}\s*$")


def seconds(text: str | None, default: Fraction = Fraction(0)) -> Fraction:
    """``1001/24000s``, ``5s``, ``2.5s`` as an exact fraction. Raises UnusableItemError."""
    if text is None:
        return default
    match = _TIME.match(text)
    divisor = int(match[2] or 1) if match is not None else 0
    if match is None or divisor == 0:
        raise UnusableItemError(f"a time of {text[:40]!r} is meaningless")
    return Fraction(match[1]) / divisor


def lane_of(element: Element) -> int:
    """How far above the clip that it is connected to an element lies, or below. Raises UnusableItemError."""
    text = element.get("lane") or "0"
    if not _LANE.match(text):
        raise UnusableItemError(f"a lane of {text[:40]!r} is meaningless")
    return int(text)


def time_text(time: Fraction) -> str:
    """Seconds as FCPXML writes them."""
    return f"{time.numerator}s" if time.denominator == 1 else f"{time.numerator}/{time.denominator}s"


def role_of_track(name: str) -> str:
    """The role of a track that talkies writes; "" for any other."""
    match = OUR_NAME.match(name)
    return f"{_ROLES[match[1]]}.talkies{(match[2] or '').replace(' ', '-')}" if match else ""


def track_of_role(role: str | None) -> str:
    """The name of the track whose role this is, of sound or of picture; "" when it is not one of ours."""
    match = _OUR_ROLE.match(role or "")
    return f"{_STEMS[match[1].lower()]} talkies{f' {match[2]}' if match[2] else ''}" if match else ""


def projects(root: Element) -> list[tuple[str, Element]]:
    """The name and the sequence of every project, in the file's order."""
    found = ((project.get("name", ""), project.find("sequence")) for project in root.iter("project"))
    return [(name, sequence) for name, sequence in found if sequence is not None]


def zero_of(sequence: Element, story: list[Element]) -> Fraction:
    """The offset of a sequence's first frame: its start timecode, or 0 where a writer counts from there."""
    first = next((child for child in story if child.get("offset")), None)
    start = seconds(sequence.get("tcStart"))
    return start if first is not None and seconds(first.get("offset")) >= start else Fraction(0)


class Resources(dict[str, Element]):
    """A file's formats, assets and compound media by id, and what elements leave for them to say."""

    def __init__(self, root: Element) -> None:
        resources = root.find("resources")
        super().__init__((item.get("id", ""), item) for item in (resources if resources is not None else ()))

    def start(self, element: Element) -> Fraction:
        """Where an element's own time begins."""
        resource = self.get(element.get("ref", ""))
        unstated = seconds(resource.get("start")) if resource is not None and resource.tag == "asset" else Fraction(0)
        return seconds(element.get("start"), unstated)

    def duration(self, element: Element) -> Fraction:
        if element.get("duration") is not None:
            return seconds(element.get("duration"))
        resource = self.get(element.get("ref", ""))
        holder = resource if resource is None or resource.tag == "asset" else resource.find("sequence")
        return seconds(holder.get("duration")) if holder is not None else Fraction(0)

    def rate(self, element: Element) -> Fraction | None:
        """Frames per second of an element's format: 1 / frameDuration, reduced to the exact rate."""
        form = self.get(element.get("format", ""))
        frame = seconds(form.get("frameDuration")) if form is not None else Fraction(0)
        return usable_rate(1 / frame) if frame > 0 else None


def curve_of_map(element: Element) -> Curve | None:
    """What an element's time map does: media time over the time in which its ``start`` counts; None without one."""
    return Curve.through(_points(element))


def moved_to_media(curve: Curve, shown: TimeRange, available: TimeRange) -> Curve:
    """The same, where a writer says ``start`` in the media's own time, unlike Final Cut Pro: what lies outside the
    media cannot be meant."""
    media = curve.part(shown).media if shown.duration > 0 else TimeRange(curve.at(shown.start), curve.at(shown.start))
    if available.start <= media.start <= available.end:
        return curve
    return curve.moved(media=shown.start - media.start)


def is_smooth(element: Element) -> bool:
    """Whether the speed changes smoothly around a point between the first and the last one."""
    points = element.findall("timeMap/timept")[1:-1]
    return any(point.get("interp", "smooth2") != "linear" and _has_transition(point) for point in points)


def pace_of_conform(element: Element, rate: Fraction, media_rate: Fraction | None) -> Fraction | None:
    """Media seconds in one second of a clip in a sequence at ``rate``: Final Cut Pro shows the pictures of media at
    nearly the same rate, or nearly twice it, one for one. 1 without that, None for rates that it does not conform."""
    conform = element.find("conform-rate")
    if conform is None or conform.get("scaleEnabled") == "0":
        return Fraction(1)
    stated = conform.get("srcFrameRate", "").strip()
    own = exact_rate(float(stated)) if _RATE.fullmatch(stated) and float(stated) else media_rate
    pace = rate / own if own else Fraction(1)
    while pace > _FARTHEST:
        pace /= 2
    while pace < 1 / _FARTHEST:
        pace *= 2
    return pace if abs(pace - 1) <= _NEAR else None


def played_by(
    element: Element, span: TimeRange, rate: Fraction, own: Fraction | None, length: Fraction
) -> tuple[Curve | None, bool]:
    """Media time over an element's ``span``, None: as it is; and whether that is all that is said of it. ``rate``: of
    its sequence; ``own``: of its media, whose seconds are ``length``."""
    curve, pace = curve_of_map(element), pace_of_conform(element, rate, own)
    if pace is None or pace == 1:
        return curve, pace is not None
    if curve is None:
        return Curve.through(((span.start, span.start), (span.end, span.start + span.duration * pace))), True
    conformed = _conformed(curve, pace, length, 1 / rate)
    return conformed or curve, conformed is not None


def _conformed(curve: Curve, pace: Fraction, length: Fraction, frame: Fraction) -> Curve | None:
    """What a time map does to a clip that is conformed as well; None where that cannot be known.

    A map leads over all that a clip has: if that is the ``length`` of its media (in seconds, to a ``frame``), its
    values are media times as ``start`` is, and the conforming is in them; if it is as long as the conformed clip, it
    is not.
    """
    covered = curve.media.duration
    if abs(covered - length) <= frame:
        return curve
    if abs(covered - length / pace) > frame:
        return None
    zero = curve.media.start
    return Curve(tuple((time, zero + (value - zero) * pace) for time, value in curve.knots))


def unconformed_notes(names: Sequence[str]) -> Iterator[str]:
    """A sentence for the clips of which only the conforming was not understood."""
    if names:
        which = f"{counted(len(names), 'clip')} ({names[0]!r} first)"
        yield f"{which} conformed between rates far apart, or in a time map of only a part: read without conforming"


def words_of(element: Element) -> str:
    """The text of a title or caption, its style runs joined, its lines kept."""
    return "\n".join("".join(text.itertext()).strip() for text in element.iterfind("text")).strip()


def caption_language(caption: Element) -> str:
    """``iTT?captionFormat=ITT.de-DE`` → ``de-DE``."""
    return language_tag(caption.get("role", "").rpartition(".")[2])


def _has_transition(point: Element) -> bool:
    return any(seconds(point.get(name)) > 0 for name in ("inTime", "outTime"))


def _points(element: Element) -> list[tuple[Fraction, Fraction]]:
    return [(seconds(point.get("time")), seconds(point.get("value"))) for point in element.iterfind("timeMap/timept")]


def angle_of(media: Element, clip: Element) -> Element | None:
    """The angle that a multicam clip shows, the first one if it does not say."""
    angles = list(media.iterfind("multicam/mc-angle"))
    sources = [source for source in clip.iterfind("mc-source") if source.get("srcEnable", "all") in ("all", "video")]
    wanted = sources[0].get("angleID") if sources else None
    return next((angle for angle in angles if angle.get("angleID") == wanted), angles[0] if angles else None)
