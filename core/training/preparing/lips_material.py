"""The lip network's material: the speaking face's movies as pictures of a mouth, with what it says when.

The recordings' alignment says where phonemes begin; where speech begins and ends is taken from the word times, since
breath and room make the alignment too wide by a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from safetensors.numpy import load_file, save_file

from talkies.core.arrays import Greys
from talkies.core.conditioning.picture.lips import LipReader
from talkies.core.corpus.recordings import Utterance, word_times
from talkies.core.errors import WeightsError
from talkies.core.media.picture import picture_frames, probe
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange
from talkies.core.training.preparing.speech_and_scenes import Places, aligned_utterances
from talkies.core.training.trainers.lips import Clip, clip_of

SILENT = ("sil", "sp")
"""What the word times call a silence."""


def prepare_mouths(places: Places) -> Iterator[dict[str, float]]:
    """Writes ``mouths.safetensors``, the mouths (L, 24, 32) of every training movie; yields how many are done."""
    stored = _stored(places)
    if stored.exists():
        return
    movies = _movies(places)
    mouths: dict[str, Greys] = {}
    for number, utterance in enumerate(movies, 1):
        seen = movie_mouths(places.data / utterance.file)
        if seen is not None:
            mouths[utterance.file] = seen
        if number % 100 == 0:
            yield {"movies": number, "of": len(movies)}
    part = stored.with_suffix(".part")
    save_file(mouths, part)
    part.replace(stored)


def speaking_clips(places: Places) -> list[Clip]:
    """The training movies as the trainer takes them. Raises WeightsError when :func:`prepare_mouths` has not run."""
    try:
        mouths = load_file(_stored(places))
    except OSError as error:
        raise WeightsError(_stored(places), "cannot be read", "run the training stage 'lips' first") from error
    words = word_times(places.data)
    clips: list[Clip] = []
    for utterance, spans in aligned_utterances(places):
        spoken = [times for times in words.get(utterance.file, []) if times[0] not in SILENT]
        if spoken and utterance.file in mouths:
            clips.append(clip_of(mouths[utterance.file], spans, spoken[0][1], spoken[-1][2]))
    return clips


def movie_mouths(path: Path) -> Greys | None:
    """(L, 24, 32) uint8, the mouth at 25 per second in a whole movie; None when no face is seen."""
    duration = probe(path).duration
    whole = TimeRange(Fraction(0), duration)
    reader = LipReader()
    for frame in picture_frames(Segment("lips", path.name, "V1", whole, whole, Fraction(25), picture=Picture(path))):
        reader.feed(float(frame.time), frame.image)
    return reader.mouths(duration)


def _movies(places: Places) -> list[Utterance]:
    return [utterance for utterance, _ in aligned_utterances(places) if utterance.file.startswith("video/")]


def _stored(places: Places) -> Path:
    return places.folder / "mouths.safetensors"
