"""More voices: what is chosen, who is named, at whose pace they speak. The whole stage runs in test_command.py."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from talkies.core.conditioning.picture.lips import LIPS_DIM
from talkies.core.conditioning.speech.voice import VOICE_DIM, stored_book
from talkies.core.errors import InputError, MissingExtraError
from talkies.core.training.material import Example, save_examples
from talkies.core.training.preparing.more_voices import (
    DRAWN,
    READ,
    SYNTHETIC,
    chosen_sentences,
    name_drawn_voices,
    read_by_flite,
    shifted_lines,
)
from talkies.core.training.preparing.speech_and_scenes import Places


def example(label: str, voice: float) -> Example:
    """Ten frames of nothing, said by a voice whose numbers are all alike."""
    silent = torch.zeros(1, 10, 4).half(), torch.zeros(20, dtype=torch.long), torch.zeros(10, LIPS_DIM)
    return Example("speech", label, *silent, voice=torch.full((VOICE_DIM,), voice))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Four aligned sentences, two each of kathleen and nathalie, prepared as the stage 'speech' leaves them."""
    places = Places(tmp_path / "data", tmp_path / "run")
    rows = [(name, n, f"speech/{name}/arctic_a000{n}.opus") for name in ("kathleen", "nathalie") for n in (1, 2)]
    (places.data / "speech").mkdir(parents=True)
    lines = [f"{file.removeprefix('speech/')}|{name}|Sentence {n} of {name}.|en-US|" for name, n, file in rows]
    table = "\n".join(["file|speaker|text|lang|note", *lines]) + "\n"
    (places.data / "speech" / "transcripts.csv").write_text(table)
    (places.data / "video").mkdir()
    (places.data / "video" / "grid_s1_transcripts.csv").write_text("file|speaker|text|frames|decode_warning\n")
    places.alignments.parent.mkdir(parents=True)
    places.alignments.write_text(json.dumps({file: [[7, 0.0, 0.1 * n]] for _, n, file in rows}))
    save_examples(places.speech, [example(name, 0.0) for name, _, _ in rows])
    kathleen = {"language": "en-US", "about": "a reader", "vector": [0.0] * VOICE_DIM}
    stored = {"mean": [0.0] * VOICE_DIM, "scale": [1.0] * VOICE_DIM, "voices": {"kathleen": kathleen}}
    places.voices.write_text(json.dumps(stored))
    places.run("voices").mkdir()
    made = [example("arthur", -1.0), example("arthur", -2.0), example("shifted kathleen", 0.5)]
    save_examples(places.run("voices") / "0000.safetensors", [*made, example("flite rms", 9.0)])
    return places


def test_every_reader_is_shifted_and_flite_reads_what_kathleen_read(places: Places) -> None:
    chosen = chosen_sentences(places, seed=0)
    shifted = [s for s in chosen if s.said is not None]
    assert {s.utterance.text for s in shifted} == {
        f"Sentence {n} of {name}." for name in ("kathleen", "nathalie") for n in (1, 2)
    }
    assert all(s.spans and s.reader == s.utterance.speaker for s in shifted)
    read = {(s.reader, s.utterance.text) for s in chosen if s.said is None}
    assert read == {(voice, f"Sentence {n} of kathleen.") for voice in SYNTHETIC for n in (1, 2)}


def test_the_choice_depends_on_the_seed_alone(places: Places) -> None:
    first, again, other = ([s.utterance.file for s in chosen_sentences(places, seed)] for seed in (0, 0, 1))
    assert first == again != other


def test_drawn_voices_are_named_by_their_mean_and_readers_stay(places: Places) -> None:
    name_drawn_voices(places)
    book = stored_book(places.voices)
    assert set(book.voices) == {"kathleen", "arthur"}
    np.testing.assert_allclose(book.voices["arthur"].vector, -1.5)
    assert book.voices["arthur"].language == "en-US" and "kathleen" in book.voices["arthur"].about
    assert not list(places.folder.rglob("*.part"))


def test_a_shifted_voice_speaks_at_its_readers_pace(places: Places) -> None:
    lines = shifted_lines(places)
    assert [(ids, seconds) for ids, seconds, _ in lines] == [([7], [0.1]), ([7], [0.2])], "nobody shifted nathalie"
    assert {float(voice[0]) for _, _, voice in lines} <= {-1.0, -2.0, 0.5}, "flite has a pace of its own"


def test_every_drawn_voice_has_a_reader_who_is_read() -> None:
    assert {voice.reader for voice in DRAWN.values()} <= READ.keys()
    assert SYNTHETIC.keys() <= READ.keys()


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
def test_flite_reads_aloud() -> None:
    short, longer = read_by_flite("Yes.", "rms"), read_by_flite("Yes, and that is why we came so late.", "rms")
    assert short.ndim == 1 and 0.05 < np.abs(short).max() <= 1
    assert len(longer) > 2 * len(short) > 0


def test_without_flite_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingExtraError, match=r"flite: is not installed; apt-get install flite"):
        read_by_flite("Yes.", "rms")


@pytest.mark.parametrize("content", ["", "{}", "voices"])
def test_a_file_without_voices_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "voices.json").write_text(content)
    with pytest.raises(InputError, match="holds no voices"):
        stored_book(tmp_path / "voices.json")
