"""Each English voice, and people nobody trained on: words, naturalness, pitch and whose voice it is.

named voices ─► the held-out sentences ─► words, naturalness; against a sample of the voice: pitch, rank among all
people       ─► the same with their recording as reference (``--voice FILE``)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Floats32, Sound
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.figures.dialogue import cue_like, perform_line
from talkies.core.evaluation.judges.calling import Call
from talkies.core.evaluation.judges.likeness import Resemblyzer, rank_of_own
from talkies.core.evaluation.judges.recordings import english_recordings
from talkies.core.evaluation.judges.speech import Ears, Verdict, ears, speech_figures
from talkies.core.evaluation.material import Material, Sentence
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.prosody import pitch_hz
from talkies.core.languages import main_language

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext

_TRAINED = ("kathleen", "kerstin", "nathalie", "flemishguy")
"""Who of ``voices/`` the model learned from."""

_OFFERED = 10
_PERSON_SENTENCES = 3


def english_voices() -> tuple[str, ...]:
    """The named voices that speak English."""
    from talkies.core.conditioning.speech.voice import voice_book

    return tuple(name for name, voice in voice_book().voices.items() if main_language(voice.language) == "en")


def people(data_folder: Path) -> tuple[Path, ...]:
    """Recordings of people whom nothing was trained on."""
    found = sorted((data_folder / "voices").glob("*.opus"))
    return tuple(path for path in found if path.stem.rpartition("_")[2] not in _TRAINED)


def samples_of(voices: Sequence[str], material: Material) -> dict[str, Path]:
    """A recording of each voice that has one: its own sample, or a held-out sentence of the reader of that name."""
    from talkies.core.conditioning.speech.voice import voice_book

    book = voice_book().voices
    owned = {name: getattr(book[name], "sample", None) for name in voices if name in book}
    read = {each.speaker: each.path for each in material.sentences[::-1]}
    known = {name: Path(path) for name, path in owned.items() if path}
    return {name: path for name in voices if (path := (read | known).get(name))}


def voices_part(given: PartContext) -> dict[str, Any] | None:
    """Per named English voice; None without sentences."""
    sentences, recordings = english_recordings(given.material, given.sizes.judged_voice_sentences)
    if not sentences:
        return None
    call, judges = Call(), ears()
    likeness = call.resemblyzer()
    voices = english_voices()
    samples = {name: read_speech(path) for name, path in samples_of(voices, given.material).items()}
    offered = _offered(samples, given.material, likeness)
    natural = [judges.of_recording(each.text, each.path) for each in recordings]
    rows: dict[str, Any] = {}
    for number, voice in enumerate(voices):
        given.progress(number / len(voices), f"judged voices: {voice}")
        sounds = [_say(given.under_test, sentence, place, voice) for place, sentence in enumerate(sentences)]
        verdicts = _verdicts(judges, sentences, sounds)
        own = samples.get(voice)
        rows[voice] = {
            **speech_figures(verdicts, natural),
            **_against(sounds, own, likeness, offered, voice),
        }
    return {"voices": rows, **_worst(rows), "absent": [*judges.absent, *call.absent]}


def people_part(given: PartContext) -> dict[str, Any] | None:
    """The people as references of English lines; None without them."""
    found = people(given.material.folder)[: given.sizes.judged_people]
    sentences, recordings = english_recordings(given.material, _PERSON_SENTENCES)
    if len(found) < 2 or not sentences:
        return None
    call, judges = Call(), ears()
    likeness = call.resemblyzer()
    samples = {path.stem: read_speech(path) for path in found}
    offered = {name: likeness.voice(sound) for name, sound in samples.items()} if likeness else {}
    natural = [judges.of_recording(each.text, each.path) for each in recordings]
    rows: dict[str, Any] = {}
    verdicts: list[Verdict] = []
    for number, path in enumerate(found):
        given.progress(number / len(found), f"judged people: {path.name}")
        sounds = [_say(given.under_test, sentence, place, str(path)) for place, sentence in enumerate(sentences)]
        verdicts += _verdicts(judges, sentences, sounds)
        rows[path.stem] = _against(sounds, samples[path.stem], likeness, offered, path.stem)
    return {
        "people": rows,
        **speech_figures(verdicts, natural),
        "own_first": mean([row["own_first"] for row in rows.values()]),
        "own_first_natural": _halves_first(list(samples.values()), likeness),
        "pitch_off_semitones": mean([row["pitch_off_semitones"] for row in rows.values()]),
        "absent": [*judges.absent, *call.absent],
    }


def _say(under_test: EngineUnderTest, sentence: Sentence, number: int, voice: str) -> Sound:
    cue, duration = cue_like(read_speech(sentence.path))
    return perform_line(under_test, sentence, cue, duration, number, voice=voice)


def _verdicts(judges: Ears, sentences: Sequence[Sentence], sounds: Sequence[Sound]) -> list[Verdict]:
    return [judges.verdict(each.text, sound) for each, sound in zip(sentences, sounds, strict=True)]


def _offered(samples: Mapping[str, Sound], material: Material, likeness: Resemblyzer | None) -> dict[str, Floats32]:
    """Ten voices to choose from: the samples, filled up with people."""
    if likeness is None:
        return {}
    others = {path.stem: read_speech(path) for path in people(material.folder)}
    chosen = dict([*samples.items(), *others.items()][: max(_OFFERED, len(samples))])
    return {name: likeness.voice(sound) for name, sound in chosen.items()}


def _against(
    sounds: Sequence[Sound], own: Sound | None, likeness: Resemblyzer | None, offered: Mapping[str, Floats32], name: str
) -> dict[str, Any]:
    """Pitch off the own sample (semitones, median), share in which it comes first; None without a sample or a judge."""
    off = None if own is None else mean([pitch_off(sound, own) for sound in sounds])
    if own is None or likeness is None or name not in offered:
        return {"pitch_off_semitones": off, "own_first": None, "mean_rank": None, "offered": len(offered)}
    place, vectors = list(offered).index(name), list(offered.values())
    ranks = [rank_of_own(likeness.voice(sound), place, vectors) for sound in sounds]
    return {
        "pitch_off_semitones": off,
        "own_first": float(np.mean([rank == 1 for rank in ranks])),
        "mean_rank": float(np.mean(ranks)),
        "offered": len(offered),
    }


def pitch_off(sound: Sound, sample: Sound) -> float | None:
    """Semitones between the median pitches; None where either has no voice."""
    ours, theirs = pitch_hz(sound), pitch_hz(sample)
    return None if ours is None or theirs is None else abs(12 * float(np.log2(ours / theirs)))


def _halves_first(samples: Sequence[Sound], likeness: Resemblyzer | None) -> float | None:
    """Of recordings cut in two: the share of second halves whose own first half comes first."""
    if likeness is None:
        return None
    halves = [(sound[: len(sound) // 2], sound[len(sound) // 2 :]) for sound in samples]
    first, second = ([likeness.voice(pair[side]) for pair in halves] for side in (0, 1))
    return float(np.mean([rank_of_own(said, own, first) == 1 for own, said in enumerate(second)]))


def _worst(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float | None]:
    """The worst voice of each figure: every voice has to reach the target."""

    def worst(pick: Any, *path: str) -> float | None:
        values = []
        for row in rows.values():
            found: Any = row
            for key in path:
                found = found[key]
            values += [] if found is None else [found]
        return pick(values, default=None)  # type: ignore[no-any-return]

    return {
        "worst_word_error_relative": worst(max, "word_error", "relative"),
        "worst_distillmos": worst(min, "distillmos", "generated"),
        "worst_pitch_off_semitones": worst(max, "pitch_off_semitones"),
        "worst_own_first": worst(min, "own_first"),
    }
