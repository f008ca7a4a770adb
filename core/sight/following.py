"""Following persons: found by the detector, then from frame to frame by their own body points."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import FromOpenCV, Image
from talkies.core.media.picture import Frame
from talkies.core.sight.files import POSE, path_of
from talkies.core.sight.objects import Objects, Seen
from talkies.core.sight.steps import POINTS, Track

_SIDE, _THERE = 256, 0.5
_SEARCH_EVERY_S = 0.2
_PEOPLE = 4  # at most at a time
_TRIED = 3  # boxes a search
_BACK_S = 2.0  # who is found is also looked for in pictures so long before

Crop = tuple[float, float, float]  # centre x, y and side, pixels


class Pose:
    """The 33-point model, loaded. Raises cv2.error when its file is not there."""

    def __init__(self) -> None:
        self._net: Any = cv2.dnn.readNetFromTFLite(str(path_of(POSE)))

    def __call__(self, image: Image, crop: Crop) -> tuple[FromOpenCV, float]:
        """(35, 4) x, y in pixels, visibility and presence 0 to 1; and how surely somebody is in the crop at all."""
        x, y, side = crop
        scale = _SIDE / side
        matrix = np.array([[scale, 0, _SIDE / 2 - scale * x], [0, scale, _SIDE / 2 - scale * y]])
        cut = cv2.warpAffine(image, matrix, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
        self._net.setInput(cv2.dnn.blobFromImage(cut, 1 / 255))
        raw, there = self._net.forward(["Identity", "Identity_1"])
        points = raw.reshape(39, 5)[: POINTS + 2].astype(np.float64)
        places = (points[:, :2] - _SIDE / 2) / scale + (x, y)
        return np.hstack((places, 1 / (1 + np.exp(-points[:, 3:])))), float(there.item())


class _Person:
    def __init__(self) -> None:
        self.times: list[float] = []
        self.rows: list[FromOpenCV] = []

    def add(self, time: float, points: FromOpenCV) -> None:
        self.times.append(time)
        self.rows.append(points)

    def goes_on_from(self, earlier: _Person) -> None:
        """``earlier``: the same one, followed backwards from here."""
        self.times, self.rows = earlier.times[:0:-1] + self.times, earlier.rows[:0:-1] + self.rows

    def at(self, time: float) -> list[_Person]:
        """Itself as it was then, if it was there."""
        here = bisect_left(self.times, time)
        if here == len(self.times) or self.times[here] != time:
            return []
        was = _Person()
        was.add(time, self.rows[here])
        return [was]

    @property
    def crop(self) -> Crop:
        """Around the hips, as wide as the model says the body reaches."""
        hips, reach = self.rows[-1][POINTS : POINTS + 2, :2]
        return float(hips[0]), float(hips[1]), max(2.5 * float(np.hypot(*(reach - hips))), 48.0)

    def track(self, width: int, height: int) -> Track:
        points = np.stack(self.rows)[:, :POINTS]
        inside = ((points[..., :2] >= 0) & (points[..., :2] < (width, height))).all(axis=2)
        return Track(np.array(self.times), points[..., :2] / height, points[..., 2] * inside, width / height)


def followed(frames: Iterable[Frame]) -> list[Track]:
    """Everybody who is seen in the frames, times as theirs. Where nobody is there are no points."""
    pose, objects = Pose(), Objects()
    here: list[_Person] = []
    gone: list[_Person] = []
    past: deque[Frame] = deque()
    searched, width, height = -1.0, 1, 1
    for frame in frames:
        time, (height, width) = float(frame.time), frame.image.shape[:2]
        here, lost = _went_on(here, time, frame.image, pose)
        gone += lost
        if time - searched >= _SEARCH_EVERY_S * (1 + 4 * bool(here)) and len(here) < _PEOPLE:
            searched = time
            for person in _newcomers(here, time, frame.image, pose, objects):
                person.goes_on_from(_backwards(person, past, gone + here, pose))
                here.append(person)
        past.append(frame)
        while time - float(past[0].time) > _BACK_S:
            past.popleft()
    return [person.track(width, height) for person in (*gone, *here)]


def _backwards(person: _Person, past: deque[Frame], others: list[_Person], pose: Pose) -> _Person:
    """The same one from now back to where nobody is seen, or somebody who is known: who comes in is often not taken for
    a person before all of them is there."""
    back = _Person()
    back.add(person.times[0], person.rows[0])
    for frame in reversed(past):
        time = float(frame.time)
        points, there = pose(frame.image, back.crop)
        if there < _THERE or _is_known(points, [was for other in others for was in other.at(time)]):
            break
        back.add(time, points)
    return back


def _went_on(here: list[_Person], time: float, image: Image, pose: Pose) -> tuple[list[_Person], list[_Person]]:
    """Who is still there, and who is not; two who came to one place are one."""
    still: list[_Person] = []
    lost: list[_Person] = []
    for person in here:
        points, there = pose(image, person.crop)
        if there >= _THERE and not _is_known(points, still):
            person.add(time, points)
            still.append(person)
        else:
            lost.append(person)
    return still, lost


def _newcomers(here: list[_Person], time: float, image: Image, pose: Pose, objects: Objects) -> list[_Person]:
    found: list[_Person] = []
    boxes = [seen for seen in objects(image) if seen.label == "person" and not _is_box_known(seen, here, image)]
    for seen in boxes[:_TRIED]:
        points, there = pose(image, _crop(seen, image))
        if there >= _THERE and not _is_known(points, here + found):
            found.append(_Person())
            found[-1].add(time, points)
    return found


def _crop(seen: Seen, image: Image) -> Crop:
    height, width = image.shape[:2]
    return seen.x * width, seen.y * height, 1.25 * max(seen.width * width, seen.height * height)


def _is_box_known(seen: Seen, people: list[_Person], image: Image) -> bool:
    """Whether its middle lies within somebody who is followed."""
    x, y, _ = _crop(seen, image)
    return any(abs(x - px) < side / 4 and abs(y - py) < side / 2 for px, py, side in (each.crop for each in people))


def _is_known(points: FromOpenCV, people: list[_Person]) -> bool:
    hips = points[POINTS, :2]
    return any(np.hypot(*(hips - person.rows[-1][POINTS, :2])) < person.crop[2] / 6 for person in people)
