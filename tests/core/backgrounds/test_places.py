"""Places: which shots show the same one, by pictures that are drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from talkies.core.arrays import Image
from talkies.core.backgrounds.coverage import bed_ranges, seen_shots
from talkies.core.backgrounds.picture import StillLook, likeness
from talkies.core.backgrounds.places import Places
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange

RATE = Fraction(25)


def room(wall: Sequence[int], floor: Sequence[int], left: int) -> Image:
    """A wall, a floor, and somebody dark who stands ``left`` pixels in."""
    image = np.zeros((216, 384, 3), np.uint8)
    image[:140], image[140:] = wall, floor
    image[60:190, left : left + 50] = (50, 40, 40)
    return image


def meadow() -> Image:
    """Pale sky above, grass with its blades below."""
    rng = np.random.default_rng(1)
    image = np.zeros((216, 384, 3), np.uint8)
    image[:110] = (130, 175, 225)
    image[110:] = (60, 120, 40)
    image[110:] = np.clip(image[110:] + rng.integers(-40, 40, (106, 384, 1)), 0, 255)
    return image


KITCHEN, HALL = ((190, 170, 140), (110, 80, 60)), ((70, 80, 110), (40, 40, 50))
PICTURES = {
    "kitchen": room(*KITCHEN, 60),
    "kitchen, later": room(*KITCHEN, 210),
    "hall": room(*HALL, 150),
    "meadow": meadow(),
    "night": room((30, 25, 25), (15, 15, 15), 100),
    "blue screen": room((40, 90, 230), (40, 90, 230), 150),
}


def shots(folder: Path, *names: str) -> list[Segment]:
    """One shot of 2 s for each picture, one after the other; "" has none."""
    found = []
    for number, name in enumerate(names):
        picture = None
        if name:
            path = folder / f"{name}.png"
            cv2.imwrite(str(path), PICTURES[name][..., ::-1])
            picture = Picture(path, (path,) * 50, RATE)
        span = TimeRange(Fraction(2 * number), Fraction(2 * number + 2))
        source = TimeRange(Fraction(0), Fraction(2))
        found.append(Segment(f"V1-{number + 1:03}", name, "V1", span, source, RATE, picture=picture))
    return found


def places_of(segments: list[Segment]) -> list[str]:
    """The id of the shot with which each shot's place begins."""
    places = Places(seen_shots(segments))
    found = [places.place(number) for number in range(len(segments))]
    return [place.key.split(" ")[0] if place else "" for place in found]


def test_a_place_is_known_again_after_another(tmp_path: Path) -> None:
    reel = shots(tmp_path, "kitchen", "hall", "kitchen, later", "hall", "meadow", "kitchen")
    assert places_of(reel) == ["V1-001", "V1-002", "V1-001", "V1-002", "V1-005", "V1-001"]


def test_a_shot_asked_for_alone_is_where_it_is_in_the_whole(tmp_path: Path) -> None:
    reel = shots(tmp_path, "kitchen", "hall", "kitchen, later")
    place = Places(seen_shots(reel)).place(2)
    assert place is not None and place.key == "V1-001 kitchen"


def test_a_shot_without_picture_is_where_its_neighbour_is(tmp_path: Path) -> None:
    assert places_of(shots(tmp_path, "", "hall", "", "meadow")) == ["V1-002", "V1-002", "V1-002", "V1-004"]
    assert places_of(shots(tmp_path, "", "")) == ["", ""]


@pytest.mark.parametrize(
    ("name", "air", "dark"),
    [
        ("kitchen", "indoors", False),
        ("meadow", "outdoors", False),
        ("night", "indoors", True),
        ("blue screen", "indoors", False),
    ],
)
def test_sky_and_leaves_are_outdoors_and_little_light_is_dark(tmp_path: Path, name: str, air: str, dark: bool) -> None:
    place = Places(seen_shots(shots(tmp_path, name))).place(0)
    assert place is not None and (place.air.name, place.dark) == (air, dark)


def test_a_cut_within_a_take_is_no_change_whatever_it_shows(tmp_path: Path) -> None:
    """The camera pans from one wall to another, and the editor has cut there."""
    frames = []
    for name in ("kitchen", "hall"):
        frames.append(tmp_path / f"{name}.png")
        cv2.imwrite(str(frames[-1]), PICTURES[name][..., ::-1])
    picture = Picture(frames[0], (frames[0],) * 50 + (frames[1],) * 50, RATE)
    halves = [TimeRange(Fraction(start), Fraction(start + 2)) for start in (0, 2)]
    reel = [Segment(f"V1-00{n}", "pan", "V1", half, half, RATE, picture=picture) for n, half in enumerate(halves, 1)]
    assert places_of(reel) == ["V1-001", "V1-001"]


def test_people_of_real_film_are_in_one_place_and_films_are_not(shared_dir: Path) -> None:
    """Stills of the same camera are alike, those of two films are not."""
    from talkies.core.media.stills import StillReader

    folder, reader = shared_dir / "data/video", StillReader()
    files = [
        folder / "real/bottle-detection.mp4",
        folder / "real/asl_book.mkv",
        folder / "grid_other_speakers/lbbc2a.mp4",
    ]
    if not all(file.is_file() for file in files):
        pytest.skip("the films are not there")
    looks = [
        [StillLook.of(reader.read(Picture(file), Fraction(at), 216)) for at in (Fraction(1, 2), Fraction(2))]
        for file in files
    ]
    reader.close()
    assert all(likeness(*pair) > 0.85 for pair in looks)
    assert all(likeness(looks[a][0], looks[b][0]) < 0.5 for a, b in ((0, 1), (0, 2), (1, 2)))


def test_an_insert_is_heard_where_it_is_seen_and_carried_by_the_shot_below(tmp_path: Path) -> None:
    below = shots(tmp_path, "kitchen", "hall")
    insert = shots(tmp_path, "meadow")[0]
    over = Segment("V2-001", "meadow", "V2", TimeRange(Fraction(1), Fraction(3)), insert.source, RATE, picture=None)
    beyond = Segment("V2-002", "meadow", "V2", TimeRange(Fraction(3), Fraction(6)), insert.source, RATE, picture=None)
    seen = [(span.start, span.end, shot.id) for span, shot in seen_shots([*below, over, beyond])]
    assert seen == [(0, 1, "V1-001"), (1, 3, "V2-001"), (3, 6, "V2-002")]
    ranges = {name: (span.start, span.end) for name, span in bed_ranges([*below, over, beyond]).items()}
    assert ranges == {"V1-001": (0, 2), "V1-002": (2, 4), "V2-002": (4, 6)}
