"""An engine of somebody else's that plays: a click on each beat of the tempo that it is asked for, over a tone.

``playing_guest.py MANIFEST``; its ``note`` is what it was asked for; it refuses, or plays nothing, where the
prompt says so.
"""

import array
import json
import math
import random
import sys
import wave
from typing import Any

MANIFEST = json.loads(sys.argv[1])
RATE = MANIFEST["sample_rate"]


def say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), flush=True)


def play(job: dict[str, Any], file: str) -> None:
    """The tone is louder the faster the music is, and of another pitch with every seed."""
    pitch, beat_s = random.Random(job["seed"]).uniform(200, 400), 60 / (job["tempo"] or 60)
    samples = array.array("h", bytes(2 * job["samples"]))
    for at in range(0 if "inaudible" in job["prompt"] else len(samples)):
        click = 16_000 * math.exp(-(at / RATE % beat_s) * 60)
        samples[at] = int(click * (-1) ** at + 40 / beat_s**2 * 50 * math.sin(2 * math.pi * pitch * at / RATE))
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(samples.tobytes())


for asked in map(json.loads, sys.stdin):
    number, job = asked["id"], asked["params"]
    if asked["method"] == "quit":
        break
    if asked["method"] == "job" and "unplayable" in job["prompt"]:
        say(number, "error", error={"message": "nobody can play that"})
        continue
    if asked["method"] == "job":
        play(job, "sound.wav")
        say(number, "note", message=job["prompt"])
        say(number, "block", file="sound.wav")
    if asked["method"] != "cancel":
        say(number, "result", result={"protocol": 1, "manifest": MANIFEST})
