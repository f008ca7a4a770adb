"""Effects are heard where in the picture they happen, judged in the written files against where it was drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from engines import TonesEngine
from films import write_movie

from talkies.core.arrays import Floats, Samples
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take
from talkies.core.spotting.files import write_spots
from talkies.core.spotting.spot import Spot
from talkies.core.timeline import read_timeline

RATE, FPS, SECONDS = 48_000, 25, 6
WIDTH, HEIGHT, RADIUS = 480, 270, 18
SHOT = "V1-001"


class Hums(TonesEngine):
    """Sounds all the time, so that where it comes from can be judged at any."""

    def sound(self, prepared: Any, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]) -> Any:
        count = round(prepared.duration * self.sample_rate)
        for start in range(0, count, 24_000):
            times = np.arange(start, min(start + 24_000, count)) / self.sample_rate
            yield (0.2 * np.sin(2 * np.pi * 220 * times)).astype(np.float32)


def ball_at(time: float) -> float:
    """Where the ball is across the picture, 0 to 1: to the right, back to the middle, and out to the right again."""
    return float(np.interp(time, [0, 2.5, 4, 6], [0.06, 0.94, 0.5, 0.94]))


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ball that crosses the picture."""
    path = tmp_path_factory.mktemp("film") / "ball.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "16"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(FPS * SECONDS):
            image = np.full((HEIGHT, WIDTH, 3), 70, np.uint8)
            centre = round(ball_at(number / FPS) * WIDTH), HEIGHT // 2
            cv2.circle(image, centre, RADIUS, (230, 210, 160), -1, cv2.LINE_AA)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def rendered(request: Request) -> tuple[Take, ...]:
    *_, last = render(request, load_engine=lambda name, weights, device: Hums())
    assert isinstance(last, Finished)
    return last.takes


def effects(film: Path, out: Path, **more: Any) -> Take:
    (take,) = rendered(Request(film, out, task="foley", **{"background": "off", **more}))
    return take


def heard_at(sound: Samples, law: str) -> Floats:
    """(n,) places -1 to 1 of each 40 ms of (2, N), by the law's own formula turned round."""
    frames = sound[:, : sound.shape[1] // 1920 * 1920].reshape(2, -1, 1920)
    left, right = np.sqrt(np.square(frames.astype(np.float64)).mean(2))
    if law == "3dB":
        return np.asarray(np.arctan2(right, left) * 4 / np.pi - 1)
    return np.asarray((right - left) / (right + left))


def drawn(count: int) -> Floats:
    return np.array([2 * ball_at((number + 0.5) / FPS) - 1 for number in range(count)])


@pytest.mark.parametrize(("law", "width"), [("3dB", 1.0), ("3dB", 0.5), ("6dB", 1.0)])
def test_a_pass_without_a_list_follows_the_ball(crossing: Path, tmp_path: Path, law: str, width: float) -> None:
    take = effects(crossing, tmp_path / "out.otio", pan_law=law, width=width)
    heard = heard_at(read_sound(take.path, mono=False), law)
    assert take.channels == 2 and len(heard) == FPS * SECONDS
    assert np.corrcoef(heard, drawn(len(heard)))[0, 1] >= 0.95
    slope = np.polyfit(drawn(len(heard)), heard, 1)[0]
    assert slope == pytest.approx(width, rel=0.15), "as far out as the stage is wide"


def test_a_sustained_spot_follows_the_ball_and_a_hit_stays_where_its_list_says(crossing: Path, tmp_path: Path) -> None:
    engine = Spot(f"{SHOT}.01", SHOT, Fraction(0), Fraction(6), "sustained", words="engine", source="rules")
    take = listed(crossing, tmp_path / "out.otio", [engine])
    heard = heard_at(read_sound(take.path, mono=False), "3dB")[2:-2]
    assert np.corrcoef(heard, drawn(FPS * SECONDS)[2:-2])[0, 1] >= 0.95
    struck = [knock(1, 1.0, x=0.1), knock(2, 3.0, x=0.9), knock(3, 5.0)]
    take = listed(crossing, tmp_path / "hits" / "out.otio", struck)
    heard = heard_at(read_sound(take.path, mono=False), "3dB")
    assert [round(float(heard[round(second * FPS)]), 2) for second in (1, 3, 5)] == [-0.8, 0.8, 0.0]


def test_the_weather_does_not_follow_the_ball(crossing: Path, tmp_path: Path) -> None:
    rain = Spot(f"{SHOT}.01", SHOT, Fraction(0), Fraction(6), "sustained", words="rain", source="rules")
    sound = read_sound(listed(crossing, tmp_path / "out.otio", [rain]).path, mono=False)
    assert sound.any() and np.array_equal(sound[0], sound[1])
    aside = listed(crossing, tmp_path / "aside" / "out.otio", [replace(rain, x=1.0)])
    right = read_sound(aside.path, mono=False)
    assert right[1].any() and np.abs(right[0]).max() < 1e-4 * np.abs(right[1]).max(), "but where its list says"
    sound = read_sound(effects(crossing, tmp_path / "pass.otio", prompt="rain, wind", width=1.0).path, mono=False)
    assert sound.any() and np.array_equal(sound[0], sound[1])


def test_a_spot_that_moves_leaves_all_samples_outside_as_they_are(crossing: Path, tmp_path: Path) -> None:
    rain = Spot(f"{SHOT}.09", SHOT, Fraction(0), Fraction(6), "sustained", force=0.2, words="rain", source="rules")
    spots = [rain, knock(1, 1.0, x=0.1), knock(2, 4.0, x=0.9)]
    before = read_sound(listed(crossing, tmp_path / "out.otio", spots).path, mono=False)
    moved = [rain, spots[1], replace(spots[2], time=Fraction(5), until=Fraction(5))]
    after = read_sound(listed(crossing, tmp_path / "out.otio", moved).path, mono=False)
    changed = np.flatnonzero((before != after).any(axis=0)) / RATE
    assert changed.min() == pytest.approx(4.0, abs=0.01)
    placed = [*moved[:2], replace(moved[2], x=0.3)]
    again = read_sound(listed(crossing, tmp_path / "out.otio", placed).path, mono=False)
    changed = np.flatnonzero((after != again).any(axis=0)) / RATE
    assert changed.min() == pytest.approx(5.0, abs=0.01), "a hit that is heard elsewhere is its window alone"


def test_without_width_effects_are_one_channel_and_dialogue_always_is(crossing: Path, tmp_path: Path) -> None:
    assert effects(crossing, tmp_path / "a.otio", width=0.0).channels == 1
    crossing.with_suffix(".srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    takes = rendered(Request(crossing, tmp_path / "b.otio", background="off"))
    assert {take.stem: take.channels for take in takes} == {"DX": 1, "FX": 2}
    (mixed,) = rendered(Request(crossing, tmp_path / "c.otio", task="joint"))
    assert mixed.channels == 1


def test_what_stands_still_is_in_the_middle(tmp_path: Path) -> None:
    still = write_movie(tmp_path / "still.mp4", 2, flashes=())
    sound = read_sound(effects(still, tmp_path / "out.otio").path, mono=False)
    assert np.array_equal(sound[0], sound[1]) and sound.any()


def knock(number: int, seconds: float, x: float | None = None) -> Spot:
    time = Fraction(str(seconds))
    return Spot(f"{SHOT}.{number:02}", SHOT, time, time, x=x, words="wood knock", source="rules")


def listed(film: Path, out: Path, spots: list[Spot]) -> Take:
    out.parent.mkdir(exist_ok=True)
    path = out.with_name("list.csv")
    write_spots(read_timeline(film), spots, path)
    return effects(film, out, spots=path, width=1.0)
