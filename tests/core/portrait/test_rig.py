"""The rig, on a drawn woman whose mesh was read once: what moves, and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_rig import drawn_mesh, drawn_rig
from portrait_facts import likeness
from portraits import drawn_woman

from talkies.core.arrays import Floats, Image
from talkies.core.portrait.points import LEFT_LOWER_LID, LEFT_UPPER_LID
from talkies.core.portrait.rig import Expression

STILL = drawn_woman()
EVERYTHING = Expression(1.0, -1.0, 1.0, 1.0, 0.05, 0.05, 0.05, 0.02)


def lips_grey(image: Image) -> Floats:
    """The column through the middle of the mouth."""
    x = int(drawn_mesh().flat[13, 0])
    column: Floats = image[280:390, x - 2 : x + 3].mean(axis=(1, 2))
    return column


def test_at_rest_it_is_the_still_but_for_the_mouth_that_is_closed() -> None:
    rest = drawn_rig().picture()
    changed = np.abs(rest.astype(int) - STILL).max(axis=2) > 8
    assert drawn_rig().lips.is_open
    assert np.nonzero(changed)[0].min() > drawn_mesh().flat[145, 1]  # nothing above the lower lids
    assert likeness(rest.mean(axis=2), STILL.mean(axis=2)) > 0.98


@pytest.mark.parametrize("expression", [EVERYTHING, Expression(opening=1), Expression(roll=-0.05, brows=1, lids=1)])
def test_nothing_changes_outside_the_face(expression: Expression) -> None:
    left, top, width, height = drawn_mesh().box
    x, y = np.arange(512), np.arange(512)
    inside = (np.abs(y - top - height / 2) <= 0.65 * height)[:, None] & (np.abs(x - left - width / 2) <= 0.65 * width)
    moved = drawn_rig().picture(expression)
    assert (moved != STILL).any()
    assert np.array_equal(moved[~inside], STILL[~inside])


def test_the_same_expression_is_the_same_picture() -> None:
    assert np.array_equal(drawn_rig().picture(EVERYTHING), drawn_rig().picture(EVERYTHING))


def test_opening_shows_the_dark_between_the_lips_and_lowers_the_chin() -> None:
    dark = [(lips_grey(drawn_rig().picture(Expression(opening=share))) < 90).sum() for share in (0.3, 0.6, 1.0)]
    assert dark[0] < dark[1] < dark[2]
    shadows = [below_the_lips(drawn_rig().picture(Expression(opening=share))) for share in (0.0, 1.0)]
    assert 0.08 < (shadows[1] - shadows[0]) / np.ptp(drawn_mesh().flat[[33, 263], 0]) < 0.2


def below_the_lips(image: Image) -> int:
    """The row of the shadow that is drawn between lips and chin, in the middle."""
    x, chin = drawn_mesh().flat[152].astype(int)
    column = image[:chin, x - 3 : x + 4].astype(int).mean(axis=1)
    skin = (column[:, 0] - column[:, 2] < 100) & (column.mean(axis=1) > 120)
    lips = int(np.flatnonzero(~skin)[-1])
    return lips + 4 + int(column[lips + 4 :].mean(axis=1).argmin())


def test_pursed_lips_are_narrower_and_spread_ones_wider() -> None:
    y = int(drawn_mesh().flat[[61, 291], 1].mean())
    widths = []
    for share in (-1.0, 0.0, 1.0):
        row = drawn_rig().picture(Expression(width=share))[y - 12 : y + 20].astype(int)
        widths.append(int(((row[..., 0] - row[..., 1]) > 80).any(axis=0).sum()))
    assert widths[0] < widths[1] - 8 < widths[1] < widths[2]


def test_lids_cover_the_eyes_by_degrees() -> None:
    points = drawn_mesh().flat[[*LEFT_UPPER_LID, *LEFT_LOWER_LID]]
    (left, top), (right, bottom) = points.min(axis=0).astype(int), points.max(axis=0).astype(int)
    white = []
    for share in (0.0, 0.5, 1.0):
        eye = drawn_rig().picture(Expression(lids=share))[top:bottom, left:right]
        white.append(int((eye.min(axis=2) > 200).sum()))
    assert white[0] > white[1] > white[2]
    assert white[2] < 0.4 * white[0]


def test_brows_rise_and_eyes_stay() -> None:
    raised = drawn_rig().picture(Expression(brows=1))
    x, y = drawn_mesh().flat[105].astype(int)
    brow = [int((each[y - 30 : y + 20, x].mean(axis=1) < 90).argmax()) for each in (STILL, raised)]
    assert brow[1] < brow[0] - 2
    x, y = drawn_mesh().flat[[33, 133]].mean(axis=0).astype(int)
    assert (
        np.abs(raised[y - 3 : y + 12, x - 10 : x + 10].astype(int) - STILL[y - 3 : y + 12, x - 10 : x + 10]).mean() < 6
    )
