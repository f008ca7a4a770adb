"""Kokoro's lines through a real process and a real, tiny model: in time, in their speakers' voices; broken folders.

In the model (tests/tiny_kokoro.py) every voice is a tone, so a spectrum says who speaks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from tiny_kokoro import RATE, SAMPLES_A_TOKEN, style, write_kokoro

from talkies.core.arrays import Sound
from talkies.core.conditioning.speech.kokoro import MOST_TOKENS, Kokoro
from talkies.core.conditioning.speech.kokoro_folder import hash_of, read_styles
from talkies.core.engines.adapters.kokoro import KNOWN, KokoroAdapter
from talkies.core.engines.base import Brief, Engine, Line, load_engine
from talkies.core.engines.guests.adding import add
from talkies.core.errors import EngineError, InputError
from talkies.core.files.hashing import file_hash
from talkies.core.times import TimeRange

pytest.importorskip("onnxruntime", reason="the extra 'voices' is not installed")

TONES = {"af_heart": 440.0, "am_adam": 220.0, "ff_siwis": 660.0, "jf_alpha": 880.0, "am_santa": 110.0}
WORDS = "Nobody told me"


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_kokoro(tmp_path / "kokoro", TONES)


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    add("kokoro", [str(folder)], adapter="kokoro")
    yield (loaded := load_engine("kokoro"))
    loaded.close()  # type: ignore[attr-defined]


def line(start: float, end: float, text: str = WORDS, speaker: str = "", language: str = "en") -> Line:
    return Line(TimeRange(Fraction(start), Fraction(end)), text, speaker, language)


def spoken(engine: Engine, *lines: Line, voice: str = "", seed: int = 1) -> Sound:
    """Of four seconds."""
    prepared = engine.prepare(Brief("dialogue", Fraction(4), lines=lines, voice=voice))
    blocks = engine.generate(prepared, seed=seed, steps=1, guidance=1.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def voice_in(sound: Sound) -> str:
    """Whose tone it is."""
    tone = np.argmax(np.abs(np.fft.rfft(sound))) * RATE / len(sound)
    return min(TONES, key=lambda name: abs(TONES[name] - tone))


def test_it_says_what_it_is(folder: Path) -> None:
    manifest = add("kokoro", [str(folder), "--voice", "am_adam"], adapter="kokoro").manifest
    assert manifest is not None and (manifest.licence, manifest.sellable, manifest.sample_rate) == (
        "apache-2.0",
        True,
        RATE,
    )
    assert manifest.languages == ("en-US", "fr") and manifest.tasks == ("dialogue",)
    assert [(voice.name, voice.sex) for voice in manifest.voices] == [
        ("am_adam", "male"), ("af_heart", "female"), ("ff_siwis", "female"),
    ]  # fmt: skip


def test_a_line_is_heard_in_its_time_and_the_same_for_the_same_seed(engine: Engine) -> None:
    sound = spoken(engine, line(1.0, 3.5))
    heard = np.flatnonzero(np.abs(sound) > 0.01) / RATE
    assert len(sound) == 4 * RATE and 1.0 <= heard[0] < 1.05 and 1.4 < heard[-1] < 3.5
    assert voice_in(sound) == "af_heart"
    assert np.array_equal(sound, spoken(engine, line(1.0, 3.5)))
    assert not np.array_equal(sound, spoken(engine, line(1.0, 3.5), seed=2))
    assert engine.remarks() == ()


def test_a_line_with_little_time_is_read_faster_and_one_with_less_is_refused(engine: Engine) -> None:
    whole = np.count_nonzero(np.abs(spoken(engine, line(0.0, 4.0))) > 1e-4) / RATE
    sound = spoken(engine, line(1.0, 1.0 + whole / 1.5))
    assert not sound[round((1.0 + whole / 1.5) * RATE) :].any()
    assert engine.remarks()[0].startswith(f"engine kokoro: '{WORDS}' is read 1.")
    with pytest.raises(EngineError, match="cannot be read in"):
        spoken(engine, line(1.0, 1.0 + whole / 3))


@pytest.mark.parametrize(
    ("voice", "language", "heard"),
    [("", "en", "af_heart"), ("am_adam", "en", "am_adam"), ("am_adam", "fr", "ff_siwis"), ("ff_siwis", "", "ff_siwis"),
     ("ff_siwis", "en-GB", "af_heart"), ("am_santa", "en", "am_santa")],
)  # fmt: skip
def test_a_line_has_its_voice_or_one_of_its_language(engine: Engine, voice: str, language: str, heard: str) -> None:
    assert voice_in(spoken(engine, line(0.5, 3.5, language=language), voice=voice)) == heard


def test_what_cannot_be_read_is_said(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"'Nobody told me': is in de, which no voice speaks; there are en-US, fr"):
        spoken(engine, line(0.5, 3.5, language="de"))
    with pytest.raises(EngineError, match="voice jf_alpha: speaks Japanese, which cannot be read here"):
        spoken(engine, line(0.5, 3.5), voice="jf_alpha")
    assert voice_in(spoken(engine, line(0.5, 3.5), voice="kathleen")) == "af_heart"
    assert engine.remarks() == ("engine kokoro: 'kathleen' is no voice of Kokoro's; af_heart speaks instead",)


def test_a_line_longer_than_the_model_holds_is_read_in_parts(folder: Path) -> None:
    kokoro = Kokoro(folder)
    text = " ".join(["nobody told me about it"] * 40)
    most = SAMPLES_A_TOKEN * (MOST_TOKENS + 2)
    assert (
        len(kokoro.spoken("nobody told me", "en-US", "am_adam")) < most < len(kokoro.spoken(text, "en-US", "am_adam"))
    )
    assert len(kokoro.spoken("...", "en-US", "am_adam")) > 0 == len(kokoro.spoken(" ", "en-US", "am_adam"))


def test_voices_may_lie_in_one_file_beside_any_one_model(folder: Path) -> None:
    """As the package kokoro-onnx has them."""
    (folder / "model.onnx").rename(folder / "kokoro-v1.0.onnx")
    for path in (folder / "voices").iterdir():
        path.unlink()
    with (folder / "voices-v1.0.bin").open("wb") as file:
        np.savez(file, allow_pickle=False, **{name: style(tone) for name, tone in TONES.items()})
    add("kokoro", [str(folder)], adapter="kokoro")
    engine = load_engine("kokoro")
    assert voice_in(spoken(engine, line(0.5, 3.5), voice="am_adam")) == "am_adam"
    engine.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--voice", "af_nobody"], "voice af_nobody: does not lie in .*; there are af_heart, am_adam"),
        (["--voice", "jf_alpha"], "voice jf_alpha: speaks Japanese, which cannot be read here; choose another voice"),
        (["--speed", "2"], "what stands after '--': unrecognized arguments: --speed 2; it takes"),
    ],
)
def test_arguments_that_make_no_sense_are_one_sentence(folder: Path, words: list[str], why: str) -> None:
    with pytest.raises(EngineError, match=why):
        add("kokoro", [str(folder), *words], adapter="kokoro")


def test_a_folder_without_model_or_voices_is_not_added(folder: Path) -> None:
    with pytest.raises(EngineError, match=r"refuses: .*nowhere: holds no Kokoro: there is no model\.onnx"):
        add("kokoro", [str(folder / "nowhere")], adapter="kokoro")
    (folder / "other.onnx").write_bytes((folder / "model.onnx").read_bytes())
    (folder / "model.onnx").rename(folder / "third.onnx")
    with pytest.raises(EngineError, match="holds 2 models"):
        add("kokoro", [str(folder)], adapter="kokoro")
    (folder / "third.onnx").unlink()
    for path in (folder / "voices").iterdir():
        path.unlink()
    with pytest.raises(EngineError, match="kokoro: holds no voices of Kokoro's"):
        add("kokoro", [str(folder)], adapter="kokoro")


def npy(claimed: str, data: bytes) -> bytes:
    """A file of numpy's, whose header claims a shape."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {claimed}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


@pytest.mark.parametrize("data", [b"", npy("(510, 1, 256)", bytes(4 * 510 * 256)), bytes((1 << 24) + 1024)])
def test_a_style_of_another_size_is_not_added(folder: Path, data: bytes) -> None:
    (folder / "voices" / "af_heart.bin").write_bytes(data)
    with pytest.raises(EngineError, match=r"af_heart\.bin: holds no style of the model's \(it is no multiple of 1024"):
        add("kokoro", [str(folder)], adapter="kokoro")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (None, r"voices\.bin: holds no voices \(File is not a zip file\); copy it again"),
        (b"", r"voices\.bin: holds 'af_heart', which is no style of the model's; copy it again"),
        (bytes((1 << 24) + 1), r"voices\.bin: holds 'af_heart', which is no style of the model's; copy it again"),
        (npy("(1000000000000,)", bytes(4096)), r"no style of the model's \(it has not the numbers that it claims\)"),
        (npy("(" * 99, bytes(4096)), r"voices\.bin: holds no style of the model's \("),
        (npy("(1025,)", bytes(4100)), r"voices\.bin: holds no style of the model's \(cannot reshape"),
    ],
)
def test_voices_in_one_file_that_lie_are_one_sentence(tmp_path: Path, entry: bytes | None, why: str) -> None:
    if entry is None:
        (tmp_path / "voices.bin").write_bytes(npy("(256,)", bytes(1024)))
    else:
        with ZipFile(tmp_path / "voices.bin", "w") as file:
            file.writestr("af_heart.npy", entry)
            file.writestr("about.txt", "no voice")
    with pytest.raises(InputError, match=why):
        read_styles(tmp_path, "af_heart")


def test_other_files_are_other_weights(folder: Path) -> None:
    """So that finished takes of other ones are not kept."""
    hashes = [hash_of(folder)]
    for name in ("model.onnx", "vocab.json", "voices/af_heart.bin"):
        with (folder / name).open("ab") as file:
            file.write(b" " * 1024)
        hashes.append(hash_of(folder))
    (folder / "voices" / "am_adam.bin").rename(folder / "voices" / "am_eric.bin")
    hashes.append(hash_of(folder))
    assert len(set(hashes)) == 5 and all(len(each) == 64 for each in hashes)


def test_what_stands_for_weights_is_their_hash(engine: Engine, folder: Path) -> None:
    assert engine.weights_hash == hash_of(folder)


def test_a_model_that_nobody_knows_needs_a_licence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "README.md").unlink()
    with pytest.raises(
        EngineError, match=r'kokoro: has no README\.md that names its licence; say it with --licence "NAME"'
    ):
        add("kokoro", [str(folder)], adapter="kokoro")
    manifest = add("kokoro", [str(folder), "--licence", "its own", "--sellable", "no"], adapter="kokoro").manifest
    assert manifest is not None and (manifest.licence, manifest.sellable) == ("its own", False)
    monkeypatch.setattr(sys, "argv", ["kokoro", str(folder)])
    monkeypatch.setitem(KNOWN, file_hash(folder / "model.onnx"), "Apache-2.0")
    known = KokoroAdapter().manifest
    assert (known["licence"], known["sellable"]) == ("Apache-2.0", True)


@pytest.mark.parametrize(
    ("broken", "content", "why"),
    [
        ("model.onnx", None, "holds no Kokoro: there is no model.onnx"),
        ("model.onnx", b"not a model", "model.onnx: is not an ONNX model"),
        ("vocab.json", None, "holds no Kokoro: there is no vocab.json"),
        ("vocab.json", b"[1, 2]", "vocab.json: is no vocabulary"),
        ("vocab.json", b'{"a": 1e400}', "vocab.json: is no vocabulary of letters and their numbers; copy it again"),
        ("vocab.json", b'{"a": 100000000000000000000000}', "vocab.json: is no vocabulary of letters and their numbers"),
        ("vocab.json", b'{"vocab": ' + b"[" * 100_000, r"vocab.json: is no vocabulary \("),
        ("vocab.json", b" " * (1 << 22) + b"{}", "vocab.json: is 4 MB, far beyond any vocabulary"),
        (
            "voices/af_heart.bin",
            np.full(256, np.nan, np.float32).tobytes(),
            "af_heart.bin: holds no style of the model",
        ),
        ("voices/af_heart.bin", b"1234567", "af_heart.bin: holds no style of the model's"),
    ],
)
def test_a_broken_folder_is_one_sentence(folder: Path, broken: str, content: bytes | None, why: str) -> None:
    add("kokoro", [str(folder)], adapter="kokoro")
    (folder / broken).unlink() if content is None else (folder / broken).write_bytes(content)
    with pytest.raises(EngineError, match=why):
        spoken(load_engine("kokoro"), line(0.5, 3.5))
