"""Clips that are frozen by MLT's effect, picture for picture as melt shows them, and how much work that is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from melt import render_pictures
from numbered_movies import number_of, shown_at, write_numbered

from talkies.core.segment import Segment
from talkies.core.timeline import read_timeline

PROJECT = """<mlt><profile frame_rate_num="24" frame_rate_den="1" width="192" height="108" progressive="1"
 sample_aspect_num="1" sample_aspect_den="1" display_aspect_num="16" display_aspect_den="9" colorspace="709"/>
<producer id="c" in="0" out="199"><property name="resource">{resource}</property><property name="mlt_service">{service}
</property>{more}</producer><playlist id="p"><entry producer="c" in="24" out="71">{effect}</entry></playlist>
<tractor id="t"><track producer="p"/></tractor></mlt>"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_numbered(tmp_path_factory.mktemp("film") / "film.mp4", 200)


def project(service: str = "avformat", resource: str = "film.mp4", more: str = "", effect: str = "") -> str:
    return PROJECT.replace("\n<", "<").format(service=service, resource=resource, more=more, effect=effect)


def first(film: Path, text: str) -> Segment:
    (film.parent / "freeze.mlt").write_text(text)
    return read_timeline(film.parent / "freeze.mlt").segments[0]


def frozen(frame: object, before: int, after: int, attributes: str = "", **more: str) -> str:
    rows = {"mlt_service": "freeze", "frame": frame, "freeze_before": before, "freeze_after": after, **more}
    inside = "".join(f'<property name="{name}">{value}</property>' for name, value in rows.items())
    return f"<filter {attributes}>{inside}</filter>"


WHOLE = 'in="24" out="71"'
FRAMES = [Fraction(number, 24) for number in range(48)]


@pytest.mark.parametrize(
    ("effects", "shown"),
    [
        (frozen(10, 0, 0), [34] * 48),
        (frozen(10, 1, 0), [34] * 10 + [*range(34, 72)]),
        (frozen(10, 0, 1), [*range(24, 35)] + [34] * 37),
        (frozen(10, 1, 1), [34] * 48),
        (frozen("00:00:00.500", 0, 1), [*range(24, 37)] + [36] * 35),
        (frozen(10, 1, 0, WHOLE), [34] * 34 + [*range(58, 72)]),
        (frozen(10, 0, 1, WHOLE), [*range(24, 59)] + [34] * 13),
        (frozen(10, 1, 1, WHOLE), [34] * 34 + [58] + [34] * 13),
        (frozen(34, 0, 1, WHOLE), [*range(24, 72)]),
        (frozen(10, 0, 0, 'in="6" out="20"'), [*range(24, 72)]),
        (frozen(10, 0, 1) + frozen(5, 1, 0), [29] * 5 + [*range(29, 35)] + [34] * 37),
        (frozen(0, 0, 0, 'in="48" out="59"') + frozen(36, 0, 1), [*range(24, 48)] + [24] * 12 + [60] * 12),
        (frozen(10, 0, 0, 'in="60" out="30"'), [*range(24, 72)]),
        (frozen(10, 0, 1, 'in="60" out="30"'), [*range(24, 72)]),
        (frozen(10, 1, 1, 'in="60" out="30"'), [*range(24, 72)]),
        (frozen(10, 0, 0, disable="1"), [*range(24, 72)]),
    ],
)
def test_an_mlt_clip_that_is_frozen(film: Path, effects: str, shown: list[int]) -> None:
    """As melt 7.12 shows it, picture for picture."""
    segment = first(film, project(effect=effects))
    assert shown_at(segment, *FRAMES) == shown
    assert segment.record.duration == 2 and read_timeline(film.parent / "freeze.mlt").warnings == ()


@pytest.mark.parametrize(
    ("service", "resource", "attributes", "shown"),
    [
        ("timewarp", "0.5:film.mp4", "", [5] * 48),
        ("timewarp", "0.5:film.mp4", WHOLE, [12 + n // 2 for n in range(11)] + [5] * 37),
        ("framebuffer", "film.mp4?0.5", "", [12 + n // 2 for n in range(11)] + [17] * 37),
        ("timewarp", "-1:film.mp4", WHOLE, [175 - n for n in range(11)] + [10] * 37),
        ("chain", "film.mp4", WHOLE, [*range(24, 35)] + [10] * 37),
    ],
)
def test_an_mlt_clip_that_is_retimed_and_frozen(
    film: Path, service: str, resource: str, attributes: str, shown: list[int]
) -> None:
    """In a chain or a timewarp the picture is one of the file inside, counted from its beginning [melt 7.12]."""
    length = '<property name="length">200</property>'
    text = project(service=service, resource=resource, more=length, effect=frozen(10, 0, 1, attributes))
    if service == "chain":
        text = text.replace("<producer", "<chain").replace("</producer", "</chain").replace(">chain<", ">avformat<")
    segment = first(film, text)
    assert shown_at(segment, *FRAMES) == shown


@pytest.mark.parametrize(
    ("service", "resource", "effect", "shown"),
    [
        ("chain", "film.mp4", frozen(34, 0, 0), [34] * 48),
        ("chain", "film.mp4", frozen(34, 1, 0), [34] * 10 + [*range(34, 72)]),
        ("chain", "film.mp4", frozen(34, 0, 1), [*range(24, 35)] + [34] * 37),
        ("chain", "film.mp4", frozen(34, 0, 1, WHOLE), [*range(24, 59)] + [34] * 13),
        ("timewarp", "0.5:film.mp4", frozen(40, 0, 1), [12 + n // 2 for n in range(17)] + [20] * 31),
    ],
)
def test_a_chain_that_is_frozen_as_in_shotcut(
    film: Path, service: str, resource: str, effect: str, shown: list[int]
) -> None:
    text = project(service=service, resource=resource, more=effect)
    if service == "chain":
        text = text.replace("<producer", "<chain").replace("</producer", "</chain").replace(">chain<", ">avformat<")
    assert shown_at(first(film, text), *FRAMES) == shown
    assert read_timeline(film.parent / "freeze.mlt").warnings == ()


@pytest.mark.melt
@pytest.mark.parametrize(
    "effects",
    [
        frozen(10, 1, 1, WHOLE),
        frozen(0, 0, 0, 'in="48" out="59"') + frozen(36, 0, 1),
        frozen(10, 0, 0, 'in="60" out="30"'),
        frozen(10, 1, 1, 'in="60" out="30"'),
    ],
)
def test_melt_shows_the_same(film: Path, effects: str) -> None:
    """Whatever version of it is here."""
    segment = first(film, project(resource=str(film), effect=effects))
    render_pictures(film.parent / "freeze.mlt", film.parent / "melt.mkv")
    with av.open(str(film.parent / "melt.mkv")) as rendered:
        seen = [number_of(each.to_ndarray(format="rgb24")) for each in rendered.decode(video=0)]
    assert seen == shown_at(segment, *FRAMES)


FREEZE = frozen(10, 0, 1)
NESTED = f'<playlist id="q"><entry producer="p" in="0" out="40">{FREEZE}</entry></playlist><tractor'


@pytest.mark.parametrize(
    "text",
    [
        project(more=FREEZE),
        project(effect=FREEZE * 5),
        project(effect=frozen("soon", 0, 1)),
        project().replace("</playlist>", f"{FREEZE}</playlist>"),
        project().replace("<tractor", NESTED).replace('track producer="p"', 'track producer="q"'),
    ],
    ids=["producer", "five", "unreadable", "track", "sequence"],
)
def test_a_freeze_that_is_not_followed_is_said(film: Path, text: str) -> None:
    segment = first(film, text)
    (warning,) = read_timeline(film.parent / "freeze.mlt").warnings
    assert "Freeze of 1 item (" in warning and "is not followed" in warning
    assert shown_at(segment, 0, 1) == [24, 48]
