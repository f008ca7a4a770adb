import array
import json
import math
import random
import sys
import wave
from pathlib import Path
from typing import Any

MANIFEST = json.loads(Path(__file__).with_name("tones.engine.json").read_text(encoding="utf-8"))
RATE = MANIFEST["sample_rate"]


def say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), flush=True)


def make(job: dict[str, Any], file: str) -> None:
    chance, sound = random.Random(job["seed"]), array.array("h", bytes(2 * job["samples"]))
    pitch = chance.uniform(200, 400)
    for line in job["lines"]:
        for at in range(int(line["start_s"] * RATE), min(int(line["end_s"] * RATE), len(sound))):
            sound[at] = int(8000 * math.sin(2 * math.pi * pitch * at / RATE))
    for cell, force in enumerate(job["impacts"] or []):
        for at in range(cell * RATE // 25, min(cell * RATE // 25 + RATE // 10, len(sound)) if force > 0.3 else 0):
            sound[at] = int(chance.uniform(-9000, 9000) * math.exp((cell / 25 - at / RATE) * 40))
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(sound.tobytes())


for asked in map(json.loads, sys.stdin):
    if asked["method"] == "quit":
        break
    if asked["method"] == "job":
        make(asked["params"], "sound.wav")
        say(asked["id"], "block", file="sound.wav")
    if asked["method"] != "cancel":
        say(asked["id"], "result", result={"protocol": 1, "manifest": MANIFEST})
