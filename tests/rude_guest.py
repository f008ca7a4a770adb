"""An engine that does what the prompt says, all of it wrong; for the tests of what must survive it."""

import array
import json
import math
import random
import struct
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

RATE = 8000


def say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), flush=True)


def write(file: str, samples: list[int]) -> None:
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(array.array("h", samples).tobytes())


def write_floats(file: str, samples: list[float]) -> None:
    """A WAV of 32-bit floats."""
    data = struct.pack(f"<{len(samples)}f", *samples)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1, RATE, 4 * RATE, 4, 32,
                       b"data", len(data))  # fmt: skip
    Path(file).write_bytes(head + data)


def misbehave(number: int, job: dict[str, Any]) -> None:
    prompt, count, file = job["prompt"], job["samples"], "sound.wav"
    match prompt.split():
        case ["die"]:
            sys.exit("the weights melted")
        case ["hang"]:
            time.sleep(60)
        case ["babble", line]:
            while True:
                print(line.replace("nothing", ""), flush=True)
                time.sleep(0.02)
        case ["garbage"]:
            print("Loading model ...", flush=True)
        case ["flood"]:
            for _ in range(2_000):
                print('{"id": 1, "event": "progress", "fraction": 0.5}')
            print("x" * (1 << 21), flush=True)
        case ["refuse"]:
            say(number, "error", error={"kind": "Error", "message": "no such\nprompt"})
            return
        case ["short"]:
            write(file, [100] * (count // 2))
        case ["long"]:
            write(file, [100] * (count * 3))
        case ["nan"]:
            write_floats(file, [math.nan] * count)
        case ["nothing"]:
            Path(file).write_bytes(b"no sound at all")
        case ["link", path]:
            Path(file).symlink_to(path)
        case ["path", path]:
            file = path
        case ["outside", path]:
            try:
                Path(path).write_text("here")
            except OSError as error:
                say(number, "error", error={"kind": "OSError", "message": str(error)})
                return
        case ["slow"]:
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            for step in range(600):
                say(number, "progress", fraction=step / 600)
                time.sleep(0.1)
        case ["loudness", *_]:  # each window at a level of its own, as of a model that normalises
            chance = random.Random(job["seed"])
            level = chance.choice([500, 1000, 2000])
            write(file, [int(chance.gauss(0, level)) for _ in range(count)])
        case _:
            write(file, [1000] * count)
    say(number, "block", file=file)
    say(number, "result", result={})


manifest = json.loads(sys.argv[1])
for asked in map(json.loads, sys.stdin):
    match asked["method"]:
        case "quit":
            break
        case "hello":
            say(asked["id"], "result", result={"protocol": 1, "manifest": manifest})
        case "load":
            for step in range(manifest.get("steps", 0)):  # tenths of a second
                say(asked["id"], "progress", fraction=step / 600)
                time.sleep(0.1)
            say(asked["id"], "result", result={"weights": "ab" * 32})
        case "job":
            misbehave(asked["id"], asked["params"])
