"""How fast sound is made end to end, and how large the weights are.

A film of rendered scenes with a line of subtitles every six seconds goes through ``render`` as a user's would:
loading, looking, making, saving, levelling and writing are all counted.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.evaluation.engine_under_test import EngineChoice, OnProgress
from talkies.core.generation.request import TASKS, Task

RATE = Fraction(25)
SIZE = (640, 360)
LINE = "The boat moved slowly along the quiet river in the evening."
_SCENE_S = 10
_FIRST_SCENE = 900_000


def speed_figures(
    subject: EngineChoice, seconds: int, progress: OnProgress, tasks: Sequence[Task] = TASKS
) -> dict[str, Any]:
    """Seconds of sound and of film per second of computing, per task, with the share of each stage."""
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        progress(0.0, "speed: drawing a film")
        film = write_film(Path(name), seconds)
        for number, task in enumerate(tasks):
            progress((1 + number) / (1 + len(tasks)), f"speed: {task}, {seconds} s of film")
            rows[task] = timed_task(subject, film, task, seconds)
    return {"film_s": seconds, "processors": processors(), "weights_mb": subject.weights_mb(), "tasks": rows}


def timed_task(subject: EngineChoice, film: Path, task: Task, seconds: int) -> dict[str, Any]:
    """One ``talkies generate`` of a film of ``seconds``, from the file to the new timeline."""
    from talkies.core.events import Finished
    from talkies.core.generation.render import render

    started = time.perf_counter()
    events = render(subject.request(film, film.with_name(f"{task}.otio"), task), load_engine=subject.loader)
    report = next(event.report for event in events if isinstance(event, Finished))
    total = time.perf_counter() - started
    stages = {stage: value for stage, value in report["seconds_of_computing"].items() if stage != "total"}
    return {
        "sound_s": report["seconds_of_sound"],
        "computing_s": total,
        "sound_seconds_per_second": report["seconds_of_sound"] / total,
        "film_seconds_per_second": seconds / total,
        "share_by_stage": {stage: value / total for stage, value in stages.items()},
    }


def write_film(folder: Path, seconds: int) -> Path:
    """``film.mp4`` (rendered scenes one after the other, as busy as real film) and its subtitles beside it."""
    import av

    from talkies.core.scenes import render_scene

    path = folder / "film.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *SIZE, "yuv420p", 2_000_000
        for number in range(-(-seconds // _SCENE_S)):
            length = Fraction(min(_SCENE_S, seconds - number * _SCENE_S))
            for image in render_scene(_FIRST_SCENE + number, length, SIZE, RATE).frames():
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    path.with_suffix(".srt").write_text(_subtitles(seconds), encoding="utf-8")
    return path


def _subtitles(seconds: int) -> str:
    """A line of three seconds every six seconds."""
    starts = range(1, max(seconds - 3, 2), 6)
    cues = (f"{number}\n{_stamp(start)} --> {_stamp(start + 3)}\n{LINE}\n" for number, start in enumerate(starts, 1))
    return "\n".join(cues)


def _stamp(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02},000"


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
