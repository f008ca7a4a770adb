"""``talkies train``: its configuration in one sentence each, and every stage once over a tiny corpus made up here."""

from __future__ import annotations

import json
import shutil
import sys
import wave
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from talkies.core.engines.mini import MiniEngine
from talkies.core.errors import InputError, MissingExtraError
from talkies.core.model.weights import load_state
from talkies.core.training.command import STAGES, read_config, train
from talkies.core.training.preparing.more_voices import DRAWN
from talkies.core.training.trainers.codec import CodecTraining
from talkies.plugin.cli import main

RATE = 48_000
HAS_VOICES = find_spec("pyworld") is not None and shutil.which("flite") is not None
STAGES_HERE = [stage for stage in STAGES if stage != "voices" or HAS_VOICES]
PLACES = 'data = "data"\nfolder = "run"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "tiny.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_configuration_is_read(project_dir: Path) -> None:
    path = project_dir / "resources" / "training" / "mini.toml"
    config = read_config(path)
    assert ("widen", *config.stages) == tuple(STAGES), "from nothing there is nothing to widen"
    assert (config.places.folder / "x").resolve() == project_dir / "runs" / "mini" / "x"
    plan = config.plan("codec", CodecTraining, data=Path("a"), cache=Path("b"), out=Path("c"))
    assert (plan.steps, plan.out) == (config.tables["codec"]["steps"], Path("c"))


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, PLACES))
    assert (config.stages, config.threads, config.device, config.tables) == (tuple(STAGES), 2, "cpu", {})
    assert config.places.data == tmp_path / "data", "folders count from the configuration's own"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data = ", "is not TOML"),
        ("\x00", "is not TOML"),
        ("", "does not say data"),
        ('data = "data"\n', "does not say folder"),
        ('data = 7\nfolder = "run"\n', "does not say data"),
        (PLACES + 'stages = ["codec", "flwo"]\n', "stage 'flwo': is not known; use one of widen, codec, "),
        (
            PLACES + "[codec]\nstep = 5\n",
            "[codec] in the configuration: has an unknown setting step; use one of average_decay, band_limited",
        ),
        (
            PLACES + '[flow]\nsteps = "many"\n',
            "[flow] in the configuration: steps cannot be 'many'; give one like 4000",
        ),
        (PLACES + "[flow]\nbatch = 2.5\n", "batch cannot be 2.5"),
        (PLACES + "[flwo]\nsteps = 5\n", "has an unknown table [flwo]; use one of widen, codec, "),
        (PLACES + "thread = 5\n", "has an unknown setting thread; use one of data, device"),
        (PLACES + "threads = 0\n", "threads cannot be 0"),
        (PLACES + "stages = 5\n", "stages cannot be 5"),
    ],
    ids=[
        "half a line",
        "no text",
        "empty",
        "no folder",
        "a number for a folder",
        "stage",
        "setting",
        "text",
        "share",
        "table",
        "top setting",
        "no thread",
        "no list",
    ],
)
def test_an_unusable_configuration_is_one_sentence(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert said in str(caught.value)
    assert main(["train", str(path)]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"talkies: {caught.value}\n")
    assert not (tmp_path / "run").exists()


def test_a_configuration_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: No such file or directory; give a training configuration"):
        read_config(tmp_path / "none.toml")
    with pytest.raises(InputError, match="Is a directory"):
        read_config(tmp_path)


def write_sound(path: Path, sound: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def murmur(seed: int, seconds: float = 1.6) -> np.ndarray:
    """Something with syllables: a buzz of 120 Hz that opens and closes four times a second, quiet at both ends."""
    times = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * (1 + seed / 10) * k * times) / k for k in range(1, 20))
    opened = np.clip(np.sin(2 * np.pi * 4 * times), 0, 1) * (times > 0.2) * (times < seconds - 0.2)
    return 0.2 * buzz * opened + np.random.default_rng(seed).normal(0, 1e-3, len(times))


def knock(seed: int) -> np.ndarray:
    times = np.arange(RATE // 2) / RATE
    return 0.5 * np.random.default_rng(seed).normal(size=len(times)) * np.exp(-times / 0.04)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Laid out like shared/data: three sentences, two knocks, rain; no face."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = ["file|speaker|text|lang|note"]
    for number, text in ((2, "Good day."), (3, "Who is there?"), (4, "Come in.")):
        file = f"kathleen/arctic_a000{number}_1.wav"
        write_sound(folder / "speech" / file, murmur(number))
        lines.append(f"{file}|kathleen|{text}|en-US|")
    (folder / "speech" / "transcripts.csv").write_text("\n".join(lines) + "\n")
    (folder / "video").mkdir()
    (folder / "video" / "grid_s1_transcripts.csv").write_text("file|speaker|text|frames|decode_warning\n")
    effects = ["file|tags|kind|onset_s"]
    for name, tags, kind, sound in (
        ("knock_1.wav", "impact wood", "oneshot", knock(1)),
        ("knock_2.wav", "impact wood", "oneshot", knock(2)),
        ("rain.wav", "rain ambience", "ambience_loop", np.random.default_rng(3).normal(0, 0.05, RATE)),
    ):
        write_sound(folder / "foley" / name, sound)
        effects.append(f"{name}|{tags}|{kind}|0.0")
    (folder / "foley" / "tags.csv").write_text("\n".join(effects) + "\n")
    return folder


SETTINGS = """
[codec]
steps = {steps}
batch = 2
inside = 4
beside = 2

[alignment]
steps = {steps}
batch = 2

[scenes]
count = 1
soundings = 1

[effects]
windows = 1

[events]
scenes = 1
worn_scenes = 1
edited_scenes = 1
silent_scenes = 1
talking_scenes = 1
gesturing_scenes = 1
filmed_scenes = 1
signing_views = 1
steps = {steps}
batch = 1

[durations]
steps = {steps}
batch = 2

[flow]
steps = {steps}
batch = 1
"""


def test_every_stage_runs_resumes_and_ends_in_weights_that_the_engine_loads(corpus: Path, tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    said: list[str] = []
    places = f'data = "{corpus}"\nfolder = "run"\nthreads = 1\nstages = {json.dumps(STAGES_HERE)}\n'
    try:
        train(written(tmp_path, places + SETTINGS.format(steps=2)), said.append)
        first = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*.safetensors")}
        train(written(tmp_path, places + SETTINGS.format(steps=3)), said.append)
    finally:
        torch.set_num_threads(threads)
    assert [line.split(":")[0] for line in said if line.endswith(": done")] == [*STAGES_HERE, *STAGES_HERE]
    packed = [line for line in said if line.startswith("pack: ") and "steps" in line]
    assert all(f"{name} steps {steps}" in packed[run] for run, steps in enumerate((2, 3)) for name in ("flow", "codec"))
    run = tmp_path / "run"
    assert json.loads((run / "voices.json").read_text())["voices"].keys() - DRAWN.keys() == {"kathleen"}
    prepared = [path for path in first if path.name != "mini.safetensors"]
    assert prepared and all(path.stat().st_mtime_ns == first[path] for path in prepared), "what was prepared is kept"
    engine = MiniEngine.load(run / "mini.safetensors", "cpu")
    assert engine.sample_rate == RATE
    assert not list(run.rglob("*.part"))
    a_decoder_alone_goes_on_from_these_weights(corpus, tmp_path)


def a_decoder_alone_goes_on_from_these_weights(corpus: Path, folder: Path) -> None:
    start = 'start = "run/mini.safetensors"\n'
    tables = "[codec]\nsteps = 1\nbatch = 2\ninside = 4\n"
    said: list[str] = []
    train(
        written(folder, f'data = "{corpus}"\nfolder = "on"\n{start}threads = 1\nstages = ["codec", "pack"]\n{tables}'),
        said.append,
    )
    before, after = (load_state(folder / run / "mini.safetensors") for run in ("run", "on"))
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.startswith("codec.decoder.") for name in changed)
    assert "codec steps 1" in said[-2] and "flow steps 3" in said[-2]


@pytest.mark.parametrize(
    ("stages", "table", "named"),
    [
        (["codec", "voices"], "", "pyworld"),
        (["codec", "taught"], '[taught]\nteacher = "nobody"\n', "onnxruntime"),
    ],
)
def test_what_a_later_stage_needs_is_asked_for_before_the_first(
    stages: list[str], table: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, named, None)
    places = f'data = "{tmp_path}"\nfolder = "run"\nstages = {json.dumps(stages)}\n{table}'
    with pytest.raises(MissingExtraError, match=named):
        train(written(tmp_path, places), lambda line: pytest.fail(line))
    assert not (tmp_path / "run").exists()
