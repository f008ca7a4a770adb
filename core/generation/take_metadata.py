"""What is written into a take's metadata: all that makes it again, bit for bit on the same machine.

Files and timelines carry it under ``talkies``, beside what :attr:`Take.facts` adds: voice, speaker, channels,
levels. ``handles`` are the seconds that were asked for, exact; ``device`` is what made it ("cpu", "cuda").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from talkies.core.conditioning.speech.named_voices import language_of
from talkies.core.generation.request import Request
from talkies.core.mark.payload import MARK, Payload
from talkies.core.segment import Stem, joined_text
from talkies.core.spotting.made_of import SPOTS, made_of

if TYPE_CHECKING:
    from talkies.core.backgrounds.bed import Place
    from talkies.core.engines.base import Engine, MusicPart
    from talkies.core.engines.pictures import PictureMaker
    from talkies.core.generation.planning.music import Scored
    from talkies.core.score.composed import Score, Section
    from talkies.core.spotting.spot import Spot


SAYS = "says"
"""In the metadata of a portrait: hashes of the dialogue that it says, by speaker."""

_NO_MODEL = frozenset({"rules", "library", "file", "score"})


def take_metadata(
    stem: Stem, request: Request, engine: Engine, source: str, *, seed: int, steps: int, guidance: float
) -> dict[str, Any]:
    """Provenance of one take of ``stem``; ``source``: what made it."""
    return (
        {
            "version": version("talkies"),
            "engine": engine.name,
            "source": source,
            "weights": engine.weights_hash,
            "licence": engine.licence,
            "task": stem.task,
            "segment": stem.segment.id,
            "prompt": stem.prompt,
            "negative_prompt": request.negative_prompt,
            "text": joined_text(stem.cues),
            "sounds": joined_text(stem.sounds),
            "language": spoken_language(stem),
            "seed": seed,
            "steps": steps,
            "guidance": guidance,
            "loudness": request.loudness,
            "handles": str(request.handles),
            "device": getattr(engine, "device", request.device),
        }
        | dict(engine.provenance)
        | _marked(request, engine, source)
        | ({"pan_law": request.pan_law, "width": request.width} if stem.name == "FX" else {})
    )


def _marked(request: Request, engine: Engine, source: str) -> dict[str, Any]:
    mark = mark_of(request, engine)
    return {MARK: mark} if mark is not None and of_a_model(source) else {}


def mark_of(request: Request, engine: Engine) -> int | None:
    """The mark of what this engine makes; None where nobody wants one."""
    return Payload.of(version("talkies"), engine.name).number if request.mark else None


def of_a_model(source: str) -> bool:
    """Whether a model made anything of a take with this ``source``: what rules, a library or a file gave is no
    model's."""
    return not set(source.split(", ")) <= _NO_MODEL


def portrait_metadata(
    stem: Stem, request: Request, maker: PictureMaker, says: Mapping[str, str], *, seed: int
) -> dict[str, Any]:
    """Provenance of one portrait: the user's still, and what moves it. ``says``: hashes of its dialogue, by speaker."""
    return {
        "version": version("talkies"),
        "engine": maker.name,
        "source": f"file, {maker.source}",
        "weights": maker.weights_hash,
        "licence": maker.licence,
        "task": stem.task,
        "segment": stem.segment.id,
        "text": joined_text(stem.cues),
        SAYS: dict(says),
        "film": request.film,
        "seed": seed,
    } | dict(maker.provenance)


def bed_metadata(
    stem: Stem, request: Request, place: Place, heard: Sequence[Spot], listed: Sequence[Spot], *, seed: int
) -> dict[str, Any]:
    """Provenance of one take of a background: rules alone make it, on any machine. ``place``: where it begins;
    ``heard``: the rows of a list that say what is heard; ``listed``: all of them, of which its own shot's are kept,
    covered by a shot above it or not."""
    own = [row for row in listed if row.shot == stem.segment.id]
    return {
        "version": version("talkies"),
        "engine": "",
        "source": "rules",
        "licence": "Apache-2.0",
        "task": stem.task,
        "segment": stem.segment.id,
        "prompt": stem.prompt,
        "place": place.key,
        "rows": {row.id: row.words for row in heard},
        SPOTS: made_of(own, stem.segment, stem.record),
        "air": place.air.name,
        "seed": seed,
        "handles": str(request.handles),
    }


def music_metadata(
    stem: Stem, request: Request, score: Score, music: Scored, *, seed: int, ducked: bool
) -> dict[str, Any]:
    """Provenance of one section of a score: rules compose and play it, on any machine."""
    section = section_of(stem, music)
    return {
        "version": version("talkies"),
        "engine": "",
        "source": "score",
        "licence": "Apache-2.0" if music.soundfont is None else f"that of {music.soundfont.name}",
        "task": stem.task,
        "segment": stem.segment.id,
        "prompt": stem.prompt,
        "key": section.key.name,
        "tempo": round(float(score.tempo_map.tempo_at(section.beats[0])), 3),
        "instruments": list(score.instruments),
        "soundfont": "" if music.soundfont is None else music.soundfont.name,
        "seed": seed,
        "loudness": request.loudness,
        "handles": str(request.handles),
    } | _planned(section, stem, request, music, ducked=ducked)


def played_metadata(
    stem: Stem,
    request: Request,
    engine: Engine,
    music: Scored,
    part: MusicPart,
    sampled: tuple[int, int, float],
    *,
    ducked: bool,
) -> dict[str, Any]:
    """Provenance of one section that an engine plays as it was asked to in ``part``; ``sampled``: seed, steps and
    guidance."""
    section, (seed, steps, guidance) = section_of(stem, music), sampled
    return (
        take_metadata(stem, request, engine, "engine", seed=seed, steps=steps, guidance=guidance)
        | _planned(section, stem, request, music, ducked=ducked)
        | {
            "key": section.key.name,
            "tempo": round(part.tempo, 3),
            "instruments": list(part.instruments),
            "asked": part.words,
        }
    )


def section_of(stem: Stem, music: Scored) -> Section:
    """The section that a stem of music is."""
    return music.sections[int(stem.part.removeprefix("m")) - 1]


def _planned(section: Section, stem: Stem, request: Request, music: Scored, *, ducked: bool) -> dict[str, Any]:
    """What the plan of a score says of a section, whoever plays it."""
    return {
        "cue": stem.part,
        "section": section.name,
        "mood": section.mood,
        "hits": request.music.hits,
        "stretch": request.music.stretch,
        "duck": request.music.duck if ducked else 0.0,
        "span": [str(music.span.start), str(music.span.end)],
    }


def spoken_language(stem: Stem) -> str:
    """The BCP 47 tag of what is said: the subtitles' own, else the voice's; "" where nobody speaks."""
    if not stem.cues:
        return ""
    stated = next((cue.language for cue in stem.cues if cue.language), "")
    return stated or language_of(stem.voice)
