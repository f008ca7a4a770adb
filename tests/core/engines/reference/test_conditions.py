"""The engine with everything beside its checkpoint: two shots are told, and sound, two different things."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from films import write_movie
from scipy.io import wavfile
from torch import Tensor
from vssflow_parts import write_decoder

from talkies.core.engines.base import Brief, Engine, Line, Task, load_engine
from talkies.core.engines.reference.conditions import Beside
from talkies.core.engines.reference.programs import Program, programs_file
from talkies.core.engines.reference.shapes import Condition
from talkies.core.engines.vssflow import LATENT_SAMPLES, VSSFlowEngine, load_model
from talkies.core.errors import ArgumentError, EngineError, MediaError, WeightsError
from talkies.core.model.config import VSSFLOW
from talkies.core.model.vssflow import VSSFlow
from talkies.core.model.weights import save_state
from talkies.core.preferences import VARIABLE
from talkies.core.segment import Segment
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

CONFIG = replace(
    VSSFLOW, latent_channels=128, lip_dim=5, lip_feat_dim=8, synch_dim=6, synch_feat_dim=8, cond_dim=24,
    cond_feat_dim=16, voice_dim=4, num_layers=1, num_attention_heads=2, num_key_value_attention_heads=1,
    attention_head_dim=8,
)  # fmt: skip
VISION = {
    "hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 32,
    "patch_size": 16,
}  # fmt: skip
TABLE = {"<blank>": 59, "HH": 17, "AH0": 68, "L": 58, "OW1": 56}
LINE = Line(TimeRange(Fraction(1, 2), Fraction(3, 2)), "hello", language="en-US")
LOOKS = """
import sys, av, numpy as np
with av.open(sys.argv[1]) as movie:
    rows = [frame.to_ndarray(format="gray")[160:200].mean(0) / 255 for frame in movie.decode(video=0)]
np.save(sys.argv[2], np.array([[part.mean() for part in np.array_split(row, int(sys.argv[3]))] for row in rows]))
"""
HEARS = """
import sys, numpy as np
from scipy.io import wavfile
rate, sound = wavfile.read(sys.argv[1])
np.save(sys.argv[2], np.array([rate / 1e4, sound.ndim, len(sound) / rate, np.std(sound / 2.0 ** 31)], np.float32))
"""


@dataclass(frozen=True)
class Reel:
    """Two shots of one film, and the folder of a checkpoint with all that the engine wants."""

    shots: tuple[Segment, Segment]
    folder: Path
    voice: Path

    def beside(self) -> Beside:
        return Beside.of(self.folder / "vssflow.safetensors", CONFIG, "cpu")

    def brief(self, task: Task, number: int = 0) -> Brief:
        shot, lines = self.shots[number], (LINE,) if task != "foley" else ()
        whole = shot.record
        return Brief(task, whole.duration, lines=lines, voice=str(self.voice), shot=shot, covers=whole)


def without(reel: Reel, name: str) -> None:
    """The folder without one file, or without one program."""
    listed = programs_file()
    rows = json.loads(listed.read_text())
    if name == listed.name:
        listed.unlink()
    elif name in rows:
        listed.write_text(json.dumps({key: row for key, row in rows.items() if key != name}))
    else:
        (reel.folder / name).rename(reel.folder / f"no {name}")


@pytest.fixture
def reel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reel:
    transformers = pytest.importorskip("transformers", reason="the extra [vssflow] is not installed")
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    torch.manual_seed(0)
    transformers.CLIPVisionModelWithProjection(transformers.CLIPVisionConfig(**VISION)).save_pretrained(folder / "clip")
    save_state(VSSFlow(CONFIG).state_dict(), folder / "vssflow.safetensors", dtype=torch.float32)
    (folder / "vssflow.json").write_text(CONFIG.to_json())
    (folder / "phonemes.json").write_text(json.dumps(TABLE))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own" / "config.toml"))
    programs_file().parent.mkdir()
    programs_file().with_name("looks.py").write_text(LOOKS)
    programs_file().with_name("hears.py").write_text(HEARS)
    looks = [sys.executable, "looks.py", "{movie}", "{out}"]
    hears = [sys.executable, "hears.py", "{sound}", "{out}"]
    programs = {"sync_24fps": [*looks, "6"], "lips_25fps": [*looks, "5"], "voice_embedding": hears}
    programs_file().write_text(json.dumps(programs))
    voice = tmp_path / "voice.wav"
    noise = np.random.default_rng(0).normal(0, 3000, (88_200, 2)).astype(np.int16)
    wavfile.write(voice, 44_100, noise)
    films = [write_movie(tmp_path / f"{n}.mp4", 2, flashes=flashes) for n, flashes in enumerate([(0.5,), (0.2, 0.4)])]
    first, second = (read_timeline(film).segments[0] for film in films)
    return Reel((first, second), folder, voice)


def corner_decoder(latents: Tensor) -> Tensor:
    """Stands for autoencoder and vocoder: each latent frame becomes 640 times one of its numbers."""
    return latents[0, 3, :, 5].repeat_interleave(LATENT_SAMPLES)


def sound(engine: Engine, brief: Brief) -> Tensor:
    blocks = engine.generate(engine.prepare(brief), seed=3, steps=1, guidance=3.0, on_step=lambda share: None)
    return torch.cat([torch.from_numpy(block) for block in blocks])


@pytest.mark.parametrize("task", ["foley", "dialogue", "joint"])
def test_two_shots_have_conditions_and_sounds_of_their_own(reel: Reel, task: Task) -> None:
    model = load_model(reel.folder / "vssflow.safetensors")
    engine = VSSFlowEngine(model, corner_decoder, reel.beside(), "0" * 64, "cpu")
    (one, said), (other, _) = (engine.beside.conditions(reel.brief(task, number)) for number in (0, 1))
    names = {"phones"} | ({"picture", "sync"} if task != "dialogue" else set())
    names |= {"voice", "lips"} if task != "foley" else set()
    assert set(one.tensors()) == names and said == ()
    for name in names & {"picture", "sync", "lips"}:
        assert not torch.equal(one.tensors()[name], other.tensors()[name])
    first, second = sound(engine, reel.brief(task, 0)), sound(engine, reel.brief(task, 1))
    assert len(first) == len(second) == 32_000
    assert not torch.equal(first, second)
    assert torch.equal(first, sound(engine, reel.brief(task, 0)))


def test_a_whole_folder_is_loaded_and_sounds(reel: Reel) -> None:
    write_decoder(reel.folder)
    engine = load_engine("vssflow", reel.folder / "vssflow.safetensors")
    first, second = (sound(engine, reel.brief("joint", number)) for number in (0, 1))
    assert len(first) == len(second) == 32_000 and first.isfinite().all()
    programs = {f"extractors.json: {name}" for name in ("sync_24fps", "lips_25fps", "voice_embedding")}
    assert set(engine.provenance["beside"]) == {"vssflow.json", "phonemes.json", "clip/", "vae/", "vocoder/"} | programs
    assert not torch.equal(first, second)


def test_what_is_told_is_what_the_films_show(reel: Reel) -> None:
    """The white square jumps into the middle of five parts with frame 13."""
    told, _ = reel.beside().conditions(reel.brief("joint"))
    assert told.sync is not None and told.lips is not None and told.voice is not None and told.phones is not None
    assert told.picture is not None and told.picture.shape == (20, 24)
    assert told.sync.shape == (50, 6) and told.lips.shape == (50, 5)
    assert told.lips[:13, 2].max() < told.lips[13:, 2].min() - 0.1
    torch.testing.assert_close(told.voice[:3], torch.tensor([1.6, 1.0, 2.0]), atol=0.01, rtol=0)  # 16 kHz, mono, 2 s
    assert set(told.phones.tolist()) == {0, *TABLE.values()}
    assert not told.phones[:12].any() and not told.phones[38:].any()


def test_a_shot_is_looked_at_once(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Condition] = []
    really = Program.run

    def counted(program: Program, movie: Path, folder: Path, most: int) -> Tensor:
        ran.append(program.condition)
        return really(program, movie, folder, most)

    monkeypatch.setattr(Program, "run", counted)
    beside = reel.beside()
    for task in ("joint", "foley", "dialogue", "joint"):
        beside.conditions(reel.brief(task))
    beside.conditions(reel.brief("joint", 1))
    assert sorted(ran) == ["lips", "lips", "sync", "sync", "voice"]


def test_a_film_that_has_changed_since_is_looked_at_again(reel: Reel) -> None:
    beside = reel.beside()
    before, _ = beside.conditions(reel.brief("foley"))
    write_movie(reel.shots[0].picture.path, 2, flashes=(0.1, 0.2, 0.3))  # type: ignore[union-attr]
    after, _ = beside.conditions(reel.brief("foley"))
    assert not torch.equal(before.tensors()["sync"], after.tensors()["sync"])
    assert not torch.equal(before.tensors()["picture"], after.tensors()["picture"])


def test_what_features_has_goes_ahead(reel: Reel) -> None:
    save_state({"voice_embedding": torch.arange(4.0)}, reel.folder / "features.safetensors", dtype=torch.float32)
    for number in (0, 1):
        told, _ = reel.beside().conditions(replace(reel.brief("dialogue", number), voice=""))
        assert told.voice is not None and told.voice.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("task", "gone", "sentence"),
    [
        ("foley", "clip", r"needs clip_10fps; put CLIP ViT-B/16 into clip/ beside the checkpoint"),
        (
            "foley",
            "sync_24fps",
            r"needs sync_24fps; name a program for it in extractors\.json beside your configuration",
        ),
        ("joint", "sync_24fps", r"needs sync_24fps; "),
        ("dialogue", "voice_embedding", r"needs voice_embedding; name a program for it in extractors\.json"),
        ("dialogue", "extractors.json", r"needs voice_embedding; name a program for it in extractors\.json"),
        ("dialogue", "phonemes.json", r"needs phone_ids; put the reference's token_list\.json .* as phonemes\.json"),
    ],
)
def test_what_is_missing_is_named(reel: Reel, task: Task, gone: str, sentence: str) -> None:
    without(reel, gone)
    with pytest.raises(ArgumentError, match=f"^{task} with the engine vssflow: {sentence}.*, or use the engine mini$"):
        reel.beside().conditions(reel.brief(task))


def test_programs_that_a_checkpoint_brings_are_not_started(reel: Reel) -> None:
    """A stranger's folder starts nothing."""
    programs_file().rename(reel.folder / "extractors.json")
    programs_file().with_name("looks.py").rename(reel.folder / "looks.py")
    with pytest.raises(ArgumentError, match=r"needs sync_24fps; name a program for it"):
        reel.beside().conditions(reel.brief("foley"))


def test_effects_need_nothing_of_speech(reel: Reel) -> None:
    for name in ("lips_25fps", "voice_embedding", "phonemes.json"):
        without(reel, name)
    assert set(reel.beside().conditions(reel.brief("foley"))[0].tensors()) == {"phones", "picture", "sync"}
    silent = replace(reel.brief("joint"), lines=())
    assert set(reel.beside().conditions(silent)[0].tensors()) == {"phones", "picture", "sync"}


def test_lips_may_be_missing_and_that_is_said(reel: Reel) -> None:
    without(reel, "lips_25fps")
    told, said = reel.beside().conditions(reel.brief("dialogue"))
    assert told.lips is None
    assert said == ("the engine vssflow speaks without seeing lips: extractors.json names no program for lips_25fps",)


def test_a_voice_must_be_a_recording(reel: Reel) -> None:
    with pytest.raises(ArgumentError, match=r"needs a recording of the voice .*; give one with --voice FILE"):
        reel.beside().conditions(replace(reel.brief("dialogue"), voice=""))


def test_effects_need_a_picture(reel: Reel) -> None:
    brief = replace(reel.brief("foley"), shot=replace(reel.shots[0], picture=None))
    with pytest.raises(MediaError, match="foley: needs a picture and there is none"):
        reel.beside().conditions(brief)


def test_speech_needs_none(reel: Reel) -> None:
    told, said = reel.beside().conditions(replace(reel.brief("dialogue"), shot=None, covers=None))
    assert told.lips is None and said == ()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("np.zeros((50, 7))", r"has the shape \(50, 7\), not \(S, 6\) or \(S, 8, 6\)"),
        ("np.full((50, 6), np.nan)", "holds numbers that are not finite"),
        ("np.zeros((2, 6))", r"is for 0\.08 s, the segment lasts 2\.00 s"),
    ],
)
def test_what_an_extractor_gives_is_looked_at(reel: Reel, written: str, sentence: str) -> None:
    programs_file().with_name("looks.py").write_text(f"import sys, numpy as np; np.save(sys.argv[2], {written})")
    with pytest.raises(EngineError, match=f"^extractors.json: sync_24fps: {sentence}$"):
        reel.beside().conditions(reel.brief("foley"))


def test_files_beside_the_checkpoint_are_checked_when_it_is_loaded(reel: Reel) -> None:
    (reel.folder / "phonemes.json").write_text("{")
    with pytest.raises(WeightsError, match=r"phonemes\.json: is not JSON"):
        reel.beside()
