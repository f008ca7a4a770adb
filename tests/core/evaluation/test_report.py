"""The whole evaluation with a small real engine, and of a written timeline whose faults are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from stems import stem_of

from talkies.core.arrays import Sound
from talkies.core.destinations import write_timeline
from talkies.core.engines.base import Brief, Engine, Prepared
from talkies.core.errors import ArgumentError, InputError, TimelineError
from talkies.core.evaluation import evaluate
from talkies.core.evaluation.engine_under_test import EngineChoice, EngineUnderTest
from talkies.core.evaluation.material import read_material
from talkies.core.evaluation.measures.baselines import IMPACT, motion_peaks
from talkies.core.evaluation.part_context import Sizes
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.takes.saving import save_take
from talkies.core.timeline import read_timeline

pytestmark = pytest.mark.slow  # whole evaluations

SR = 48_000
SMALL = Sizes(
    codec_sentences=2, codec_effects=2, sentences=2, scenes=2, films=0, talkers=0, tuning_scenes=1, prompted=False,
    degraded_scenes=0, prompts_per_class=0, steps_scenes=1, steps_sentences=0, speed_s=2,
    judged_sentences=0, judged_scenes=0, judged_voice_sentences=0, judged_people=0, judged_lip_clips=0,
    judged_wears=0, judged_long_s=0,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PlaybackPrepared(Prepared):
    """Recordings, and when (s) each begins."""

    pieces: tuple[tuple[float, Sound], ...]


class PlaybackEngine(Engine):
    """Plays a recorded stroke at the picture's impacts, and the recording of a sentence where it is asked for."""

    name: ClassVar[str] = "playback"
    default_steps: ClassVar[int] = 1
    sample_rate = SR
    licence = "Apache-2.0"
    weights_hash = "0" * 64

    def __init__(self, recordings: dict[str, Path] | None = None) -> None:
        self.recordings = recordings or {}

    @classmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        return cls()

    def prepare(self, brief: Brief) -> PlaybackPrepared:
        pieces = {"foley": self._strokes, "dialogue": self._sentences}[brief.task](brief)
        return PlaybackPrepared(task=brief.task, duration=brief.duration, pieces=tuple(pieces))

    def _strokes(self, brief: Brief) -> list[tuple[float, Sound]]:
        times = () if brief.features is None else motion_peaks(brief.features.sync, IMPACT, 0.3)
        stroke = 0.3 * np.random.default_rng(0).standard_normal(SR // 10) * np.exp(-np.arange(SR // 10) / 900)
        return [(float(time), stroke.astype(np.float32)) for time in times]

    def _sentences(self, brief: Brief) -> list[tuple[float, Sound]]:
        return [(float(line.range.start), read_sound(self.recordings[line.text])[0]) for line in brief.lines]

    generated = 0
    """How many sounds were ever made."""

    def sound(
        self, prepared: PlaybackPrepared, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        type(self).generated += 1
        sound = np.zeros(round(prepared.duration * SR) + SR, np.float32)
        for time, piece in prepared.pieces:
            start = round(time * SR)
            room = min(len(piece), len(sound) - start)
            sound[start : start + room] += piece[:room]
        yield sound[:SR]
        yield sound[SR:]


class PlaybackWithCodec(PlaybackEngine):
    def codec_roundtrip(self, sound: Sound) -> Sound:
        return sound.copy()


def playback() -> EngineChoice:
    return EngineChoice("playback", load_engine=lambda name, weights, device: PlaybackWithCodec())


def effects_folder(folder: Path) -> Path:
    """Six one-shots, none of them held out by name: then all are taken."""
    (folder / "foley").mkdir(parents=True)
    rows = ["file|tags|licence|source|author|kind|dur_s|onset_s|peak|rms_db|bw999_hz|orig_sr|orig_ch|repo|flag"]
    for number in range(6):
        stroke = 0.3 * np.random.default_rng(number).standard_normal(SR // 2) * np.exp(-np.arange(SR // 2) / 2000)
        write_bwf(folder / "foley" / f"hit_{number}.wav", [stroke[None].astype(np.float32)])
        rows.append(f"hit_{number}.wav|impact wood|CC0|own|us|oneshot|0.5|0.0|0.3|-20|20000|48000|1|none|ok")
    (folder / "foley" / "tags.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_an_engine_on_a_folder(tmp_path: Path) -> None:
    told: list[float] = []
    figures = evaluate(
        effects_folder(tmp_path / "data"),
        playback(),
        sizes=SMALL,
        only=("codec", "dialogue", "foley", "film"),
        out=tmp_path / "out",
        on_progress=lambda share, message: told.append(share),
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert figures["selection"]["effects"] == "all"
    assert figures["dialogue"] is None
    assert figures["film"] is None
    assert figures["computing"]["foley"]["sound_by_task_s"] == {"foley": 16.0}
    assert "speed" not in figures
    ours = {"recordings": 2, "log_spectral_distance_db": 0.0, "relative_to_opus": 0.0}
    assert figures["codec"]["effects"] == ours
    assert 0 < figures["codec"]["opus_64k"]["effects"]["log_spectral_distance_db"] < 10
    assert {row["what"]: row["met"] for row in figures["targets"]}["PESQ-WB of speech"] is None
    assert figures["foley"]["voice_activity"]["generated"]["sounds_with_speech"] == 0
    onsets = figures["foley"]["onsets"]
    assert onsets["generated"]["f1_100ms"] > 0.8 * onsets["impact_peaks"]["f1_100ms"]
    assert onsets["natural"]["reference"] == onsets["generated"]["reference"]
    assert onsets["generated_prompted"] is None
    assert json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8")) == figures
    for name in ("onsets.png", "scenes.png", "targets.png"):
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")
    assert not list((tmp_path / "out").glob("*.part"))


def test_a_part_that_is_done_is_not_computed_again(tmp_path: Path) -> None:
    data, out = effects_folder(tmp_path / "data"), tmp_path / "out"

    def steps(seed: int = 0, fresh: bool = False) -> tuple[int, dict[str, Any]]:
        before = PlaybackWithCodec.generated
        subject = replace(playback(), seed=seed)
        figures = evaluate(data, subject, sizes=SMALL, only=("steps",), out=out, fresh=fresh)
        return PlaybackWithCodec.generated - before, figures

    made, figures = steps()
    assert made == 5  # 4, 8, 12 and 50 steps, and another seed
    assert figures["steps"]["foley_distance_to_50_db"] == {"4": 0.0, "8": 0.0, "12": 0.0, "another_seed": 0.0}
    assert figures["reused_parts"] == []
    again, kept = steps()
    assert (again, kept["steps"], kept["reused_parts"]) == (0, figures["steps"], ["steps"])
    assert steps(seed=1)[0] == 5
    assert steps(seed=1, fresh=True)[0] == 5
    (out / "parts" / "steps.json").write_text("{", encoding="utf-8")
    assert steps(seed=1)[0] == 5


def test_speed_is_that_of_generate(tmp_path: Path) -> None:
    from talkies.core.evaluation.figures.speed import speed_figures

    figures = speed_figures(playback(), 2, lambda share, message: None, tasks=("foley",))
    row = figures["tasks"]["foley"]
    assert row["sound_s"] == 2.0
    assert row["film_seconds_per_second"] == pytest.approx(2 / row["computing_s"])
    assert 0 < sum(row["share_by_stage"].values()) < 1.05  # loading code for the first time is no stage
    assert figures["weights_mb"] is None


def test_natural_recordings_score_as_natural_recordings(shared_dir: Path) -> None:
    from talkies.core.evaluation.figures.dialogue import dialogue_figures

    material = read_material(shared_dir / "data")
    chosen = [*material.english()[:2], *material.spoken_in("de")[:1], *material.spoken_in("nl")[:1]]
    engine = PlaybackEngine({sentence.text: sentence.path for sentence in chosen})
    figures = dialogue_figures(EngineUnderTest(engine, 1, 1.0), material, 2, 1, lambda share, message: None)
    assert figures["sentences"] == len(figures["heard"]) == 2
    assert list(figures["other_languages"]) == ["de", "nl"]
    for judged in (figures, *figures["other_languages"].values()):
        pitch = judged["pitch_range_semitones"]
        assert pitch["generated"] == pytest.approx(pitch["natural"], abs=0.5)
    assert figures["word_error_generated"] == pytest.approx(figures["word_error_natural"], abs=0.1)
    assert figures["word_error_codec_only"] is None
    assert figures["cue_fit"]["energy_inside"] > 0.95
    assert figures["cue_fit"]["start_offset_median_ms"] == pytest.approx(70, abs=60)  # the recordings' own lead-in


def test_held_out_material_is_chosen_by_rule(shared_dir: Path) -> None:
    material = read_material(shared_dir / "data")
    assert material.selection == {"sentences": "held out", "effects": "held out"}
    assert {sentence.speaker for sentence in material.sentences[:3]} == {"kathleen", "kerstin", "nathalie"}
    assert len(material.english()) == len({sentence.text for sentence in material.english()})
    assert 50 <= len(material.english()) <= 60
    assert len(material.effects) == 80


def written(reel: Path, *, late: int = 0) -> Path:
    """A timeline with one FX take (clicks 0.2 and 0.7 s into the first shot) and ANNA's line as a DX take."""
    timeline = read_timeline(reel)
    segment = timeline.segments[0]
    count = round(segment.record.duration * SR)
    clicks = np.zeros(count, np.float32)
    clicks[[round(0.2 * SR) + late, round(0.7 * SR) + late]] = 0.5
    speech = (0.1 * np.sin(2 * np.pi * 200 * np.arange(count) / SR)).astype(np.float32)
    anna = next(cue for cue in timeline.cues if cue.speaker.upper() == "ANNA")
    said = stem_of(segment, "DX", speaker=anna.speaker, spoken=[anna.range])
    takes = [
        save_take(stem_of(segment), timeline, [clicks], reel.parent, loudness=PRESETS["none"]),
        save_take(said, timeline, [speech], reel.parent, loudness=PRESETS["none"]),
    ]
    out = reel.with_name("out.otio")
    write_timeline(timeline, takes, out)
    return out


def test_a_written_timeline(reel: Path) -> None:
    figures = evaluate(written(reel))
    effects, dialogue = sorted(figures["takes"], key=lambda row: row["stem"], reverse=True)
    assert (effects["stem"], dialogue["stem"]) == ("FX", "DX")
    assert figures["missing_files"] == figures["wrong_lengths"] == 0
    assert effects["samples"] == effects["samples_expected"] == SR
    assert effects["onsets"] == 2
    assert dialogue["cues"] == 1
    assert dialogue["peak_outside_cues_db"] == -120.0
    assert figures["cue_fit"]["energy_inside"] == pytest.approx(1.0, abs=0.01)
    assert figures["cue_fit"]["start_offset_median_ms"] == pytest.approx(0, abs=21)
    json.dumps(figures, allow_nan=False)


def test_a_take_that_is_gone_or_too_short_is_counted(reel: Path) -> None:
    out = written(reel)
    files = sorted(reel.parent.glob("*.wav"))
    assert len(files) == 2
    files[0].unlink()
    write_bwf(files[1], [np.zeros((1, 1000), np.float32)])
    figures = evaluate(out)
    assert figures["missing_files"] == 1
    assert figures["wrong_lengths"] == 1


def test_what_cannot_be_evaluated_is_refused(tmp_path: Path, reel: Path) -> None:
    with pytest.raises(TimelineError, match="holds no takes of talkies; evaluate a timeline that talkies generate"):
        evaluate(reel)
    with pytest.raises(InputError, match="holds nothing to evaluate with"):
        evaluate(tmp_path / "..", playback())
    with pytest.raises(InputError, match="does not exist"):
        evaluate(tmp_path / "nowhere")
    (tmp_path / "speech").mkdir()
    (tmp_path / "speech" / "transcripts.csv").write_text("file,text\na.wav,hello\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks the columns file, speaker, text, lang"):
        evaluate(tmp_path, playback())
    with pytest.raises(ArgumentError, match="unknown part 'colour'; use some of codec, dialogue"):
        evaluate(tmp_path, playback(), only=["colour"])
