"""talkies demo: a silent film that talkies draws itself, and the sound that it makes for it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talkies.core.engines.base import EngineLoader

MUSIC = "everyday, solo piano"
"""What is asked of the demo's music."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Path("talkies-demo")
    parser.add_argument("--out", metavar="DIR", type=Path, default=default, help="folder (default: talkies-demo/)")
    parser.add_argument("--engine", metavar="NAME", default="mini", help="see 'talkies engines list' (default: mini)")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another seed sounds different (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.engines.base import load_engine
    from talkies.plugin.console import print_json, show

    report = make_demo(options.out, options.engine, options.seed, options.load_engine or load_engine)
    if options.json:
        print_json(report)
    else:
        sync = report["sync"]
        show(*report["files"].values())
        show(f"{sync['reference']} events seen, {sync['detected']} onsets heard, F1 {sync['f1_100ms']:.2f} at ±100 ms")
    return 1 if report["failures"] else 0


def make_demo(folder: Path, engine: str, seed: int, load_engine: EngineLoader) -> dict[str, Any]:
    """Film, timeline, takes, preview and report under ``folder``; what stood there is replaced. The report."""
    from talkies.core.demo import demo_events, render_demo_film
    from talkies.core.demo.preview import write_preview
    from talkies.core.demo.report_chart import draw_report, render_takes, sync_figures
    from talkies.core.files.atomic import output_errors, part_file
    from talkies.core.generation.request import Request
    from talkies.core.timeline import read_timeline
    from talkies.plugin.commands.generate import follow
    from talkies.plugin.console import ProgressLine, plain

    line = ProgressLine()
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    line.show(0.0, "drawing the film")
    source = render_demo_film(folder)
    out = folder / "demo.talkies.otio"
    takes, report = follow(Request(source, out, engine=engine, seed=seed), load_engine)
    scored, music = follow(Request(source, out, task="music", prompt=MUSIC, seed=seed), load_engine)
    takes, report = (*takes, *scored), _together(report, music)
    line.show(1.0, "drawing the report")
    timeline, events = read_timeline(source), [float(event.time) for event in demo_events()]
    rendered = render_takes(timeline, takes)
    report["sync"] = sync_figures(events, rendered)
    names = ("film.mp4", "demo.otio", "demo.talkies.otio", "preview.mp4", "report.png", "report.json")
    report["files"] = {name: str(folder / name) for name in names}
    draw_report(timeline, rendered, events, folder / "report.png")
    line.show(1.0, "writing the preview")
    write_preview(timeline, takes, folder / "preview.mp4")
    with part_file(folder / "report.json") as part:
        part.write_text(json.dumps(report, indent=2, default=plain) + "\n", encoding="utf-8")
    line.clear()
    return report


def _together(sound: dict[str, Any], music: dict[str, Any]) -> dict[str, Any]:
    """One report of both runs, the first one's task."""
    joined = {name: [*sound[name], *music[name]] for name in ("takes", "tracks", "failures")}
    seconds, more = sound["seconds_of_computing"], music["seconds_of_computing"]
    return {
        **sound,
        **joined,
        "warnings": list(dict.fromkeys((*sound["warnings"], *music["warnings"]))),
        "seconds_of_sound": sound["seconds_of_sound"] + music["seconds_of_sound"],
        "seconds_of_computing": {name: seconds.get(name, 0) + more.get(name, 0) for name in {**seconds, **more}},
    }
