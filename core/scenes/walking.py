"""A walker whose feet stand still between contacts: the step sounds when the swinging foot lands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Points
from talkies.core.scenes.acting import Actor, Burst, Kind, burst, latest, shadow, smooth
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import SURFACES, Slot, Stage

SURFACE_TAGS: dict[str, tuple[str, ...]] = {
    "wood": ("footsteps", "floor", "wood"),
    **{name: ("footsteps", name) for name in SURFACES if name != "wood"},
}
_LOUD_DUST = {"gravel", "sand", "dirt", "snow", "water"}


@dataclass(frozen=True)
class Walking:
    """``contacts``: landing times (N,); ``places``: where each foot lands, x (N + 2,), two standing feet first."""

    stage: Stage
    contacts: tuple[float, ...]
    places: tuple[float, ...]
    swing: float  # seconds that a foot is in the air
    leg: float  # picture heights
    lift: float
    colours: tuple[Colour, Colour, Colour]  # trousers, coat, skin
    events: tuple[Event, ...]
    dust: tuple[Burst, ...]

    def foot(self, number: int, t: float) -> tuple[float, float]:
        """x and height of the foot that makes step ``number`` (0-based), on its way from step number - 2."""
        u = (t - (self.contacts[number] - self.swing)) / self.swing
        start, end = self.places[number], self.places[number + 2]
        if u <= 0:
            return start, 0.0
        if u >= 1 - 1e-9:
            return end, 0.0
        # faster forwards in the middle; comes down with speed, so that the contact is an edge in the motion
        return start + (end - start) * smooth(u * 1.04), self.lift * 3.2 * u * (1 - u) * (1.25 - u)

    def feet(self, t: float) -> tuple[tuple[float, float], tuple[float, float], int]:
        """The standing foot, the foot that moves or moves next, and which step the latter makes."""
        coming = latest(self.contacts, t) + 1
        if coming >= len(self.contacts):
            return (self.places[-1], 0.0), (self.places[-2], 0.0), coming
        return (self.places[coming + 1], 0.0), self.foot(coming, t), coming

    def draw(self, canvas: Canvas, t: float) -> None:
        standing, moving, coming = self.feet(t)
        ground, leg = self.stage.ground, self.leg
        hip_x = (standing[0] + moving[0]) / 2
        spread = abs(standing[0] - moving[0]) / 2
        hip = np.array([hip_x, ground - float(np.sqrt(max((leg * 0.99) ** 2 - spread**2, 0.01)))])
        going = self.places[min(coming + 2, len(self.places) - 1)] - self.places[min(coming, len(self.places) - 2)]
        facing = 1.0 if going >= 0 else -1.0
        shadow(canvas, self.stage, hip_x, ground, leg * 0.42)
        near, far = (standing, moving) if coming % 2 else (moving, standing)
        trousers, coat, skin = self.colours
        self._leg(canvas, hip, far, facing, shade(trousers, 0.75))
        swing_arm = float(np.clip((near[0] - far[0]) / leg, -1, 1))
        self._arm(canvas, hip, facing, swing_arm, shade(coat, 0.75))
        shoulder = hip + np.array([facing * leg * 0.05, -leg * 0.62])
        canvas.limb(np.stack([hip, shoulder]), coat, leg * 0.27)
        head = shoulder + np.array([facing * leg * 0.05, -leg * 0.26])
        canvas.limb(np.stack([shoulder, head]), skin, leg * 0.09)
        canvas.ellipse(float(head[0]), float(head[1]), leg * 0.12, leg * 0.145, skin)
        canvas.ellipse(head[0] - facing * leg * 0.02, head[1] - leg * 0.07, leg * 0.13, leg * 0.09, shade(coat, 0.5))
        self._leg(canvas, hip, near, facing, trousers)
        self._arm(canvas, hip, facing, -swing_arm, coat)
        for puff in self.dust:
            puff.draw(canvas, t)

    def _leg(self, canvas: Canvas, hip: Points, foot: tuple[float, float], facing: float, colour: Colour) -> None:
        """Two links of half a leg each, the knee forwards."""
        ankle = np.array([foot[0], self.stage.ground - foot[1] - self.leg * 0.04])
        along = ankle - hip
        distance = min(float(np.hypot(*along)), self.leg * 0.999)
        bend = float(np.sqrt((self.leg / 2) ** 2 - (distance / 2) ** 2))
        side = np.array([along[1], -along[0]]) / max(distance, 1e-6) * facing
        knee = (hip + ankle) / 2 + side * bend * 0.8
        canvas.limb(np.stack([hip, knee, ankle]), colour, self.leg * 0.15)
        toe_up = min(foot[1] * 0.6, 0.03)
        shoe = [[-0.07, 0.04], [-0.06, -0.04], [0.06, -0.03], [0.2, 0.01 - toe_up / self.leg], [0.2, 0.04 - toe_up]]
        canvas.polygon(np.array(shoe) * [facing * self.leg, self.leg] + ankle, shade(colour, 0.45))

    def _arm(self, canvas: Canvas, hip: Points, facing: float, swing: float, colour: Colour) -> None:
        leg = self.leg
        shoulder = hip + np.array([facing * leg * 0.05, -leg * 0.58])
        elbow = shoulder + np.array([swing * leg * 0.2, leg * 0.27])
        hand = elbow + np.array([swing * leg * 0.2 + facing * leg * 0.07, leg * 0.22])
        canvas.limb(np.stack([shoulder, elbow, hand]), colour, leg * 0.1)
        canvas.dot(hand, leg * 0.055, self.colours[2])


def _schedule(rng: np.random.Generator, duration: float, period: float) -> list[float]:
    """Contact times: a steady gait with a little sway in it, and a stop now and then."""
    times, t = [], float(rng.uniform(0.4, 1.6))
    stroll = float(rng.uniform(0.0, 0.14))  # how likely a stop is
    while t < duration - 0.05:
        times.append(t)
        t += period * float(rng.uniform(0.92, 1.08))
        if rng.random() < stroll:
            t += float(rng.uniform(0.4, 1.8))
    return times


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    period = float(np.exp(rng.uniform(np.log(0.33), np.log(0.8))))
    leg = float(rng.uniform(0.2, 0.42) if rng.random() < 0.75 else rng.uniform(0.55, 0.85))
    contacts = _schedule(rng, duration, period)
    stride = leg * float(rng.uniform(0.45, 0.75)) * (0.55 / max(period, 0.45)) ** 0.4
    heading = float(rng.choice([-1.0, 1.0]))
    start = slot.left + (0.15 if heading > 0 else 0.85) * slot.width
    places = [start - heading * stride * 0.1, start]
    for _ in contacts:
        ahead = places[-1] + heading * stride
        if not slot.left + 0.08 < ahead < slot.right - 0.08:  # turns round
            heading = -heading
            ahead = places[-1] + heading * stride * 0.5
        places.append(ahead)
    weight = float(rng.uniform(0.5, 1.0))
    tags = SURFACE_TAGS[stage.surface]
    events = tuple(
        Event(exact_time(time), "footstep", stage.surface, weight * float(rng.uniform(0.75, 1.0)), 0.0, tags)
        for time in contacts
    )
    colour = shade(SURFACES[stage.surface][0], 1.25)
    dust = tuple(
        burst(rng, time, x, stage.ground, count=6, speed=0.35, size=0.008, colour=colour, life=0.35)
        for time, x in zip(contacts, places[2:], strict=True)
        if stage.surface in _LOUD_DUST
    )
    clothes = [tuple(int(v) for v in rng.integers(25, 215, 3)) for _ in range(2)]
    skin = shade((224, 178, 146), float(rng.uniform(0.4, 1.05)))
    colours = ((*clothes[0],), (*clothes[1],), skin)
    swing = float(min(period * 0.92, 0.45))
    return Walking(stage, tuple(contacts), tuple(places), swing, leg, leg * 0.16, colours, events, dust)  # type: ignore[arg-type]


KIND = Kind(build, weight=1.8)
