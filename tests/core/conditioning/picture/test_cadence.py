"""Film behind a video: its pictures are dated as they were taken, and nothing is read into a plain video."""

import itertools

import pytest

from talkies.core.conditioning.picture.cadence import Cadence

SECONDS = 6
KNOWN_AFTER_S = 2.0


def dated(film: float, video: float) -> tuple[Cadence, list[tuple[float, float]]]:
    """A transfer that shows the last picture taken: (when each was taken, how it was dated), in s."""
    cadence, pictures, last = Cadence(), [], -1
    for number in range(int(SECONDS * video)):
        time = number / video
        picture = int((time + 1e-9) * film)
        cadence.frame(time)
        if picture != last:
            pictures.append((picture / film, cadence.taken(time)))
            last = picture
    return cadence, pictures


@pytest.mark.parametrize(
    ("film", "video"),
    [(16, 25), (18, 25), (20, 25), (18, 24), (16, 30000 / 1001), (24, 30), (24000 / 1001, 30000 / 1001)],
)
def test_pictures_of_old_film_are_dated_as_they_were_taken(film: float, video: float) -> None:
    cadence, pictures = dated(film, video)
    assert cadence.period_s == pytest.approx(1 / film, rel=0.002)
    errors = [found - taken for taken, found in pictures if taken > KNOWN_AFTER_S]
    assert max(map(abs, errors)) < 0.3 / video  # by their appearance they would be up to 1 / video late
    steps = [later - earlier for (_, earlier), (_, later) in itertools.pairwise(pictures[40:])]
    assert max(steps) - min(steps) < 0.15 / video  # no jerks; by appearance: a whole frame


@pytest.mark.parametrize(("film", "video"), [(25, 25), (12.5, 25), (12, 24), (15, 30)])
def test_a_video_that_shows_all_pictures_equally_long_keeps_its_times(film: float, video: float) -> None:
    cadence, pictures = dated(film, video)
    assert cadence.period_s is None
    assert all(found == pytest.approx(taken) for taken, found in pictures)


def test_moments_of_stillness_make_no_film() -> None:
    """25 frames a second; now and then nothing moves for one or two of them, without any order."""
    cadence = Cadence()
    still = {7, 8, 20, 33, 34, 41, 58, 59, 77, 80, 99, 100}
    for number in range(120):
        cadence.frame(number / 25)
        if number not in still:
            assert cadence.taken(number / 25) == number / 25
    assert cadence.period_s is None


def test_a_long_pause_does_not_lose_the_film() -> None:
    cadence, last = Cadence(), -1
    for number in range(300):
        time, picture = number / 25, int((number / 25 + 1e-9) * 18)
        cadence.frame(time)
        if 4 < time < 6:
            cadence.pause()
        elif picture != last:
            found = cadence.taken(time)
            if time > 2:
                assert found == pytest.approx(picture / 18, abs=0.012)
        last = picture
