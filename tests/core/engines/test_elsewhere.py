"""Models in environments of the user's own: added by their Python and checkout, asked through real processes. The
checkouts are stand-ins with the same signatures (tests/model_checkouts.py); real weights were never here."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from model_checkouts import WEIGHTS, checkout_of, own_python

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines import elsewhere
from talkies.core.engines.base import Brief, Line
from talkies.core.engines.compliance import checks
from talkies.core.engines.guest import GuestEngine, guest_class
from talkies.core.engines.guests.adding import add
from talkies.core.errors import ArgumentError, CancelledError, EngineError
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="environments lie otherwise there")
FILM_S = Fraction(9)
"""Longer than each of them makes at once, but for HunyuanVideo-Foley."""
FLASH_S = 2.0

Added = Callable[..., GuestEngine]


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_python(tmp_path_factory.mktemp("environment"))


@pytest.fixture
def added(python: Path, tmp_path: Path) -> Iterator[Added]:
    """Adds a model with options, and loads it."""
    loaded: list[GuestEngine] = []

    def make(name: str, *options: str, device: str = "cpu") -> GuestEngine:
        argv = (str(python), str(checkout_of(name, tmp_path / name)), *options)
        loaded.append(guest_class(add(name, argv, adapter=name)).load(None, device))
        return loaded[-1]

    yield make
    for engine in loaded:
        engine.close()


def film(folder: Path, rate: int) -> Segment:
    """Nine seconds, black until the flash and white from then on."""
    with av.open(str(folder / "film.mp4"), "w") as movie:
        stream = movie.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(int(FILM_S * rate)):
            image = np.full((36, 64, 3), 255 * (number >= FLASH_S * rate), np.uint8)
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        movie.mux(stream.encode(None))
    whole = TimeRange(Fraction(0), FILM_S)
    return Segment("V1-001", "film", "V1", whole, whole, Fraction(rate), picture=Picture(folder / "film.mp4"))


def sound(engine: GuestEngine, shot: Segment | None, seed: int = 1, **more: Any) -> np.ndarray:
    features = PictureFeatures.nothing(FILM_S)
    features.sync[:] = 1
    covers = None if shot is None else shot.record
    prepared = engine.prepare(Brief("foley", FILM_S, features, shot=shot, covers=covers, **more))
    steps, guidance = engine.sampling(None, None)
    return np.concatenate(
        list(engine.generate(prepared, seed=seed, steps=steps, guidance=guidance, on_step=lambda share: None))
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "device", "rate", "version", "sellable"),
    [
        ("mmaudio", "cpu", 12, "large_44k_v2 974010a", False),
        ("hunyuan-foley", "cuda", 25, "xxl 974010a", None),
        ("woosh", "cpu", 18, "Woosh-VFlow-8s 974010a", False),
    ],
)
def test_what_flashes_is_heard_then_at_any_length_the_same_for_a_seed(
    name: str, device: str, rate: int, version: str, sellable: bool | None, added: Added, tmp_path: Path
) -> None:
    engine, shot = added(name, device=device), film(tmp_path, rate)
    made = sound(engine, shot, prompt="a knock")
    assert len(made) == FILM_S * engine.sample_rate
    loud = np.flatnonzero(np.abs(made) > 0.3) / engine.sample_rate
    assert loud[0] == pytest.approx(FLASH_S, abs=1 / rate)
    assert np.abs(made).max() <= 1
    assert np.array_equal(made, sound(engine, shot, prompt="a knock"))
    assert not np.array_equal(made, sound(engine, shot, seed=2, prompt="a knock"))
    assert (engine.manifest.version, engine.manifest.sellable) == (version, sellable)
    assert len(engine.weights_hash) == 64


def test_a_model_of_words_alone(added: Added) -> None:
    engine = added("woosh", "--model", "Woosh-DFlow")
    line = Line(TimeRange(Fraction(1), Fraction(2)), "[thunder]")
    heard = np.flatnonzero(sound(engine, None, sounds=(line,))) / 48_000
    assert (heard[0], heard[-1]) == (pytest.approx(1, abs=0.02), pytest.approx(2, abs=0.02))
    assert engine.remarks() != ()  # of the window in which nothing is described
    assert np.abs(sound(engine, None, prompt="rain")).reshape(9, -1).max(1).min() > 0
    assert engine.remarks() == ()
    assert not sound(engine, None).any()
    assert "give a prompt, or subtitles of what is heard" in engine.remarks()[0]


@pytest.mark.slow
def test_it_passes_the_test_of_engines(added: Added) -> None:
    found = {check.name: check.passed for check in checks(added("mmaudio"), ["foley"])}
    assert found.pop("nothing written elsewhere") is not False
    assert found == {
        "foley: length": True, "foley: placement": None, "foley: seed": True, "foley: silence": None,
        "foley: cancel": True,
    }  # fmt: skip


def test_its_solver_is_stopped_between_two_steps(added: Added, tmp_path: Path) -> None:
    engine = added("mmaudio")

    def stop(share: float) -> None:
        if share > 0.1:
            raise CancelledError("the test", "was cancelled")

    shot, features = film(tmp_path, 12), PictureFeatures.nothing(FILM_S)
    features.sync[:] = 1
    prepared = engine.prepare(Brief("foley", FILM_S, features, prompt="a knock", shot=shot, covers=shot.record))
    session = engine.session()
    with pytest.raises(CancelledError):
        list(engine.generate(prepared, seed=1, steps=100_000, guidance=4.5, on_step=stop))
    assert engine.session() is session  # it heard, and loads nothing again


def test_other_code_or_weights_are_another_engine(added: Added, tmp_path: Path) -> None:
    engine = added("mmaudio")
    hashes = {engine.weights_hash}
    for path in (*WEIGHTS["mmaudio"], "mmaudio/model/networks.py"):
        engine.close()
        with (tmp_path / "mmaudio" / path).open("ab") as file:
            file.write(b"\n# later\n")
        engine.session()
        hashes.add(engine.weights_hash)
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("name", "lost", "why"),
    [
        ("mmaudio", "mmaudio/eval_utils.py", "is no checkout of MMAudio: mmaudio/eval_utils.py is not in it; clone h"),
        ("mmaudio", WEIGHTS["mmaudio"][0], "MMAudio has no weights mmaudio_large_44k_v2.pth; its demo.py fetches"),
        ("hunyuan-foley", WEIGHTS["hunyuan-foley"][1], "download tencent/HunyuanVideo-Foley from Hugging Face"),
        ("woosh", WEIGHTS["woosh"][0], "has no weights; its README.md says how they are fetched"),
        ("woosh", "woosh/components/base.py", "is no checkout of Woosh"),
    ],
)
def test_a_wrong_checkout_is_one_sentence(name: str, lost: str, why: str, python: Path, tmp_path: Path) -> None:
    (checkout_of(name, tmp_path / name) / lost).unlink()
    with pytest.raises(EngineError) as caught:
        add(name, (str(python), str(tmp_path / name)), adapter=name)
    assert why in str(caught.value) and "\n" not in str(caught.value)


def test_other_mistakes_are_sentences_too(python: Path, added: Added, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="--adapter woosh -- PYTHON CHECKOUT"):
        add("woosh", (str(python),), adapter="woosh")
    folder = str(checkout_of("woosh", tmp_path / "checkout"))
    with pytest.raises(EngineError, match="what stands after the checkout: argument --model: invalid choice: 'large'"):
        add("woosh", (str(python), folder, "--model", "large"), adapter="woosh")
    for name in ("mmaudio", "woosh"):
        argv = (str(python), str(checkout_of(name, tmp_path / name)), "--weights", str(tmp_path))
        with pytest.raises(EngineError, match=r"what stands after the checkout: unrecognized arguments: --weights"):
            add(name, argv, adapter=name)
    with pytest.raises(EngineError, match="runs on an NVIDIA GPU alone, and this is cpu"):
        added("hunyuan-foley")
    base = Path(sys.base_prefix) / "bin" / "python3"
    if base.is_file():
        with pytest.raises(EngineError, match="has no torch; name the Python of Woosh's own environment"):
            add("woosh", (str(base), folder), adapter="woosh")


def test_a_head_that_git_never_wrote_is_no_version(python: Path, tmp_path: Path) -> None:
    folder = checkout_of("mmaudio", tmp_path / "mmaudio")
    (folder / ".git" / "HEAD").write_bytes(b"\xff\xfe")
    added = add("mmaudio", (str(python), str(folder)), adapter="mmaudio")
    assert added.checked().version == "large_44k_v2"


@pytest.mark.parametrize("options", [("--weights", "my weights"), ("--weights=my weights",)])
def test_a_folder_of_weights_is_named_from_where_the_user_is(
    options: tuple[str, ...], python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = checkout_of("hunyuan-foley", tmp_path / "checkout")
    (checkout / "pretrained_models").rename(tmp_path / "my weights")
    monkeypatch.chdir(tmp_path)
    guest = add("hunyuan", (str(python), "checkout", *options), adapter="hunyuan-foley")
    assert guest.argv[-3:] == (str(checkout), "--weights", str(tmp_path / "my weights"))


@pytest.mark.parametrize("path", sorted(elsewhere.START.parent.glob("*.py")), ids=lambda path: path.name)
def test_it_runs_on_an_older_python_without_anything_of_talkies(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    names |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    assert {str(name).partition(".")[0] for name in names} <= sys.stdlib_module_names
