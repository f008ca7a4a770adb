"""talkies generate: a timeline in, the timeline with takes on new tracks out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import ArgumentError
from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.request import AUTO_SHOTS, CLIPS, FILMS, SOURCES, TASKS, Request, seconds
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.panning import PAN_LAWS, WIDTH
from talkies.core.preferences import read_preferences
from talkies.plugin.commands.shots import RATE, rate_of

if TYPE_CHECKING:
    from talkies.core.engines.base import EngineLoader
    from talkies.core.segment import Take


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("timeline", metavar="TIMELINE", type=Path, help="a timeline, a movie or an image sequence")
    add("-o", "--output", metavar="OUT", type=Path, required=True, help="the new timeline; its suffix picks the format")
    add_options(parser)


def add_options(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    """Everything but what goes in and what comes out; ``leave_out``: names of options."""

    def add(flag: str, **described: Any) -> None:
        if flag.lstrip("-").replace("-", "_") not in leave_out:
            parser.add_argument(flag, **described)

    segment = "only this segment (see inspect, of a bare film that was cut: of OUT); may be repeated"
    add("--segment", metavar="ID", action="append", default=[], help=segment)
    add(
        "--task",
        choices=TASKS,
        default="both",
        help="both: dialogue and effects apart; joint: one mixed track; background: beds alone; music: a score; "
        "portrait: stills speak, with their dialogue, on a new track of picture",
    )
    engine = "see 'talkies engines list'; TASK=NAME for one task, and may be repeated (default: mini)"
    add("--engine", metavar="[TASK=]NAME", action="append", help=engine)
    add("--weights", metavar="FILE", type=Path, help="another checkpoint for the engine")
    add("--prompt", metavar="TEXT", default="", help="prompt: what should be heard")
    add("--negative-prompt", metavar="TEXT", default="", help="negative prompt: what should not be heard")
    source = "what makes prompted effects: rules, the network, or per word the better of both (default: auto)"
    add("--source", choices=SOURCES, default="auto", help=source)
    bed = 'bed under each shot: auto (by its picture), off, or words: "kitchen, rain" (default: auto for foley, both)'
    add("--background", metavar="auto|off|WORDS", help=bed)
    add("--voice", metavar="NAME|FILE", help="one voice for all lines: a name or a recording")
    add("--language", metavar="TAG", default="", help="which subtitles to speak when there are several: en, de, ...")
    add("--seed", metavar="N", type=int, default=0, help="the same seed gives the same sound (default: 0)")
    add("--takes", metavar="N", type=int, default=1, help="several takes, with the seeds N, N+1, ...")
    add("--steps", metavar="N", type=int, help="steps of the solver; more is slower (default: the engine's)")
    add("--guidance", metavar="X", type=float, help="how strictly to follow picture and prompt (default: the engine's)")
    add("--device", metavar="D", default="auto", help="auto, cpu, cuda, cuda:1 or mps (default: auto)")
    add("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing media")
    add("--loudness", metavar="PRESET", help=f"loudness preset for the sum, by default ebu-r128: {', '.join(PRESETS)}")
    handles = "sound beyond each cut, where the picture has it, 0 to 10 s (default: 1)"
    add("--handles", metavar="SECONDS", type=seconds, default=seconds(1), help=handles)
    pan_law = "how much lower each side is in the middle than what sounds from one side (default: 3dB, constant power)"
    add("--pan-law", choices=PAN_LAWS, default=PAN_LAWS[0], help=pan_law)
    width = f"effects sound where they happen: 0 mono, 1 from edge to edge (default: {WIDTH})"
    add("--width", metavar="0..1", type=float, default=WIDTH, help=width)
    add("--film", choices=FILMS, default=FILMS[0], help="of --task portrait: how portraits are encoded (default: h264)")
    consent = "of --task portrait: who allowed that these portraits speak, and how; kept for each of them"
    add("--consent", metavar="TEXT", default="", help=consent)
    add("--two-pop", action="store_true", help="into a stems folder: a pop two seconds before the first picture")
    add("--tail-pop", action="store_true", help="into a stems folder: a pop two seconds after the last picture")
    add("--replace", action="store_true", help="write OUT anew: nothing stays that it has for other segments")
    add(
        "--no-mark",
        dest="mark",
        action="store_false",
        help="leave out the mark in the sound by which it is known later that a model made it",
    )
    unsigned = "sign no file; where the extra 'credentials' is installed, each says what made it (talkies verify)"
    add("--no-credentials", dest="credentials", action="store_false", help=unsigned)
    add("--anew", action="store_true", help="keep no finished take of a run before that ended early")
    shots = "cut a film in one piece into shots: detect, none, a timeline that has its cuts, or auto (default): detect"
    shots += " for a bare movie or image sequence without --spots, none for a timeline"
    add("--shots", metavar="auto|detect|none|FILE", default=AUTO_SHOTS, help=shots)
    add("--rate", metavar="FPS|auto", type=rate_of, help=RATE)
    add("--spots", metavar="LIST", type=Path, help="make the effects of this spotting list (see 'talkies spot')")
    add("--clips", choices=CLIPS, default="shots", help="of a list: one clip per shot, or one per event with ring-out")
    add("--only", metavar="SPOT", action="append", default=[], help="only this spot and its shot; may be repeated")
    _add_music(parser)
    add("--relevel", action="store_true", help="measure the levels of a list anew; else as first performed")
    add("--json", action="store_true", help="print one JSON document")


def _add_music(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group(
        "music", "of --task music; --prompt says the mood: misterioso, hurry, slow ..."
    ).add_argument
    add("--from", dest="start", metavar="TC", default="", help="record timecode where it begins (default: the start)")
    add("--to", dest="end", metavar="TC", default="", help="record timecode where it ends (default: the end)")
    add("--tempo", metavar="BPM|auto", default="auto", help="quarters per minute (default: as mood and hits want it)")
    add("--ensemble", metavar="NAME", default="", help="piano (default), organ, salon or orchestra")
    hits = "what it meets: cuts (default), spots of a list, markers or none"
    add("--hits", metavar="HITS", default=MusicSettings.hits, help=hits)
    stretch = f"how much the tempo may give between hits (default: {MusicSettings.stretch})"
    add("--stretch", metavar="SHARE", type=float, default=MusicSettings.stretch, help=stretch)
    duck = f"dB lower under speech, more in its bands; 0: not at all (default: {MusicSettings.duck:g})"
    add("--duck", metavar="DB", type=float, default=MusicSettings.duck, help=duck)
    soundfont = "what plays it: own instruments (default), a SoundFont of the system, or a file (.sf2, .sf3)"
    add("--soundfont", metavar="own|system|FILE", default="", help=soundfont)


def _music(options: argparse.Namespace) -> MusicSettings:
    tempo = None if options.tempo == "auto" else _number("--tempo", options.tempo)
    return MusicSettings(
        tempo, options.ensemble, options.hits, options.stretch, options.duck, options.start, options.end,
        options.soundfont,
    )  # fmt: skip


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ArgumentError(option, f"{text[:40]!r} is no number", "give quarters per minute, or auto") from error


def request_from(options: argparse.Namespace) -> Request:
    """What the options ask for; what they leave open is as the user has it configured."""
    configured = read_preferences()
    return Request(
        timeline=options.timeline,
        out=options.output,
        segments=tuple(options.segment),
        task=options.task,
        engine=",".join(options.engine) if options.engine else configured.engine,
        weights=options.weights,
        prompt=options.prompt,
        negative_prompt=options.negative_prompt,
        source=options.source,
        background=configured.background if options.background is None else options.background,
        voice=configured.voice if options.voice is None else options.voice,
        language=options.language,
        seed=options.seed,
        takes=options.takes,
        steps=options.steps,
        guidance=options.guidance,
        device=options.device,
        media_dir=options.media_dir,
        loudness=configured.loudness if options.loudness is None else options.loudness,
        handles=options.handles,
        two_pop=options.two_pop,
        tail_pop=options.tail_pop,
        replace=options.replace,
        anew=options.anew,
        spots=options.spots,
        shots=options.shots,
        rate=options.rate,
        clips=options.clips,
        only=tuple(options.only),
        relevel=options.relevel,
        mark=options.mark,
        music=_music(options),
        pan_law=options.pan_law,
        width=options.width,
        film=options.film,
        consent=options.consent,
        credentials=options.credentials and configured.signs,
    )


def run(options: argparse.Namespace) -> int:
    from talkies.core.engines.base import load_engine
    from talkies.plugin.console import print_json, show

    _, report = follow(request_from(options), options.load_engine or load_engine)
    if options.json:
        print_json(report)
    else:
        show(*(take["path"] for take in report["takes"]), report["output"])
    return 1 if report["failures"] else 0


def follow(request: Request, load_engine: EngineLoader) -> tuple[tuple[Take, ...], dict[str, Any]]:
    """Runs the story while stderr shows how far it is; the takes where they lie in the end, and the report."""
    from talkies.core.events import Failed, Finished, Progress, Warned
    from talkies.core.generation.render import render
    from talkies.plugin.console import ProgressLine, warn

    line = ProgressLine()

    def watch(progress: Progress) -> None:
        line.show(progress.fraction, progress.message)

    takes: tuple[Take, ...] = ()
    report: dict[str, Any] = {}
    try:
        for event in render(request, load_engine=load_engine, watch=watch):
            match event:
                case Progress():
                    watch(event)
                case Warned():
                    line.clear()
                    warn(event.sentence)
                case Failed():
                    line.clear()
                    warn(f"no {event.stem} for segment {event.segment_id} ({event.clip}): {event.reason}")
                case Finished():
                    takes, report = event.takes, event.report
    finally:
        line.clear()
    return takes, report
