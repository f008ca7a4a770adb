"""More voices than the corpus has readers: their recordings shifted, and a synthesizer where men are wanting.

    recording ─► taken apart ─┬─► a random shift ──────► labels "shifted", "shifted kerstin", ...
                              └─► a drawn voice ───────► labels "arthur", "clara", ...
    flite's men read sentences of the training split ──► labels "flite rms", "flite awb"

The phonemes' times of a shifted recording are those of the recording; what flite says is aligned by our own model.
Every sound is measured anew, so its voice vector says what is heard, not what was asked for.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch import Tensor

from talkies.core.arrays import Floats32, Sound
from talkies.core.conditioning.speech.phonemes import PAUSE, speak
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.conditioning.speech.voice import measure, stored_book, stored_voice
from talkies.core.corpus.recordings import SoundCache, Utterance, level_speech
from talkies.core.errors import MissingExtraError, WeightsError
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.model.bands import MelFrames
from talkies.core.training.material import Example, load_examples, save_examples, speech_example
from talkies.core.training.preparing.speech_and_scenes import Places, aligned_utterances, trained_codec
from talkies.core.training.preparing.voice_shifts import Shift, put_together, random_shift, take_apart, world
from talkies.core.training.run import Run
from talkies.core.training.taught import TaughtVoice
from talkies.core.training.trainers.alignment import AcousticModel, align
from talkies.core.training.trainers.durations import Line, line_of


@dataclass(frozen=True)
class DrawnVoice:
    """A voice that nobody has: a reader's recordings under one shift; language (BCP-47) and one line about it."""

    reader: str
    shift: Shift
    language: str
    about: str


DRAWN = {
    "arthur": DrawnVoice("kathleen", Shift(0.64, 0.86, 1.1), "en-US", "US English, a man: kathleen, lower"),
    "magnus": DrawnVoice(
        "kathleen", Shift(0.55, 0.83, 1.0, -1.5), "en-US", "US English, a deep, dark man: kathleen, low"
    ),
    "june": DrawnVoice("kathleen", Shift(0.85, 0.94), "en-US", "US English, a low woman: kathleen, a little lower"),
    "clara": DrawnVoice("kathleen", Shift(1.3, 1.05, 1.15), "en-US", "US English, a bright woman: kathleen, higher"),
    "robin": DrawnVoice("kathleen", Shift(1.6, 1.17, 1.1), "en-US", "US English, like a child: kathleen, far higher"),
    "konrad": DrawnVoice("kerstin", Shift(0.62, 0.86, 1.1), "de-DE", "German, a man: kerstin, lower"),
    "ruben": DrawnVoice("nathalie", Shift(0.64, 0.86, 1.1), "nl-BE", "Flemish Dutch, a man: nathalie, lower"),
}
SYNTHETIC = {"flite rms": "rms", "flite awb": "awb"}
"""Label → voice of flite (Debian package ``flite``): CMU ARCTIC's men, one American, one Scottish; 16 kHz."""

READ = {"kathleen": 900, "kerstin": 250, "nathalie": 250, "grid_s1": 150, "flite rms": 150, "flite awb": 100}
"""How many sentences of each reader are made into others', or are read by flite."""

SHARD = 60  # sentences
_SHIFTED = "shifted "


@dataclass(frozen=True)
class Sentence:
    """One sentence to make voices of: ``said`` is the natural recording ready for training, None for flite."""

    reader: str
    utterance: Utterance
    spans: Spans
    said: Example | None = None


def prepare_voices(places: Places, seed: int = 0) -> Iterator[dict[str, float]]:
    """Writes shards into the folder ``voices`` (what exists is kept) and the drawn voices into ``voices.json``."""
    folder = places.run("voices")
    folder.mkdir(parents=True, exist_ok=True)
    sentences, maker = chosen_sentences(places, seed), None
    for first in range(0, len(sentences), SHARD):
        shard = folder / f"{first // SHARD:04}.safetensors"
        if not shard.exists():
            maker = maker or Maker(places)
            rng = np.random.default_rng([seed, first])
            made = [example for s in sentences[first : first + SHARD] for example in maker.examples(s, rng)]
            save_examples(shard, made)
        yield {"sentences": min(first + SHARD, len(sentences)), "of": len(sentences)}
    name_drawn_voices(places)


def read_sentences(places: Places) -> list[Sentence]:
    """Every aligned recording with what the stage 'speech' made of it. Raises WeightsError before that stage."""
    if not places.speech.exists():
        raise WeightsError(places.speech, "is not there yet", "run the training stage 'speech' first")
    aligned = zip(aligned_utterances(places), load_examples(places.speech), strict=True)
    return [Sentence(u.speaker, u, spans, said) for (u, spans), said in aligned]


def chosen_sentences(places: Places, seed: int) -> list[Sentence]:
    """What is made, in an order in which every part is a fair sample of the whole."""
    natural, rng = read_sentences(places), np.random.default_rng(seed)
    chosen: list[Sentence] = []
    for reader, count in READ.items():
        speaker = "kathleen" if reader in SYNTHETIC else reader
        own = [sentence for sentence in natural if sentence.utterance.speaker == speaker]
        picked = [own[i] for i in rng.permutation(len(own))[:count]]
        chosen += [Sentence(reader, s.utterance, []) for s in picked] if reader in SYNTHETIC else picked
    return [chosen[i] for i in rng.permutation(len(chosen))]


class Bench:
    """What examples are made with: recordings, the codec, the voices' scale and the aligner."""

    def __init__(self, places: Places) -> None:
        self.cache, self.codec = SoundCache(places.data, places.sounds), trained_codec(places)
        self.book = stored_book(places.voices)
        self.mel, self.aligner = MelFrames(), AcousticModel()
        Run(places.run("alignment")).resume(model=self.aligner)
        self.aligner.eval()

    def align(self, sound: Sound, text: str, language: str) -> Spans:
        """When each phoneme of a sentence is spoken; [] where they were not found."""
        ids = [i for i in speak(text, language).ids if i != PAUSE]
        return align(self.aligner, self.mel, sound, ids)

    def example(self, label: str, sound: Sound, spans: Spans) -> Example:
        return speech_example(self.codec, label, sound, spans, None, self.book.place(measure(sound)))


class Maker(Bench):
    """Turns sentences into examples in other voices."""

    def __init__(self, places: Places) -> None:
        world(), _flite()  # what is missing is said before hours of work, not after
        super().__init__(places)

    def examples(self, sentence: Sentence, rng: np.random.Generator) -> list[Example]:
        """A random voice and, where its reader has some, a drawn one; or flite's."""
        if sentence.said is None:
            return self._synthetic(sentence)
        parts = take_apart(self.cache.load_speech(sentence.utterance.file))
        shifts = {random_label(sentence.reader): random_shift(rng)}
        if drawn := [name for name, voice in DRAWN.items() if voice.reader == sentence.reader]:
            name = str(rng.choice(drawn))
            shifts[name] = DRAWN[name].shift
        made = [self.example(name, put_together(parts, shift), sentence.spans) for name, shift in shifts.items()]
        return [replace(example, lips=sentence.said.lips.clone()) for example in made]

    def _synthetic(self, sentence: Sentence) -> list[Example]:
        sound = level_speech(read_by_flite(sentence.utterance.text, SYNTHETIC[sentence.reader]))
        spans = self.align(sound, sentence.utterance.text, sentence.utterance.language)
        return [self.example(sentence.reader, sound, spans)] if spans else []


def shifted_lines(places: Places, seed: int = 0) -> list[Line]:
    """For the duration model: every aligned recording once more with a shifted voice of its reader.

    Who is shifted speaks at the reader's pace; without these lines every low voice would be hurried like the face that
    says short commands. [] where no voices were made.
    """
    voices: dict[str, list[Tensor]] = {}
    for example in made_voices(places):
        reader = DRAWN[example.label].reader if example.label in DRAWN else example.label.removeprefix(_SHIFTED)
        if example.voice is not None:
            voices.setdefault(reader, []).append(example.voice)
    rng = np.random.default_rng(seed)
    aligned = [(spans, voices.get(utterance.speaker, [])) for utterance, spans in aligned_utterances(places)]
    return [line_of(spans, known[int(rng.integers(len(known)))]) for spans, known in aligned if known]


def made_voices(places: Places) -> Iterator[Example]:
    """Every example that :func:`prepare_voices` has written."""
    yield from examples_in(places.run("voices"))


def examples_in(folder: Path) -> Iterator[Example]:
    """What the shards of a folder hold, in their order."""
    for shard in sorted(folder.glob("*.safetensors")):
        yield from load_examples(shard)


def random_label(reader: str) -> str:
    """Label of a reader's recordings under random shifts."""
    return _SHIFTED + reader


def check_voice_tools() -> None:
    """Raises MissingExtraError where something is missing by which voices are made."""
    world()
    _flite()


def _flite() -> str:
    program = shutil.which("flite")
    if program is None:
        raise MissingExtraError("flite", "is not installed", "apt-get install flite")
    return program


def read_by_flite(text: str, voice: str) -> Sound:
    """(N,) at 48 kHz: flite reading a sentence. Raises MissingExtraError where flite is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        subprocess.run([_flite(), "-voice", voice, "-t", text, "-o", str(file)], check=True, capture_output=True)
        return np.asarray(read_sound(file, SAMPLE_RATE)[0])


def name_drawn_voices(places: Places) -> None:
    """Adds to ``voices.json`` each drawn voice that was made."""
    add_voices(places, DRAWN, (example for example in made_voices(places) if example.label in DRAWN))


def add_voices(places: Places, about: Mapping[str, DrawnVoice | TaughtVoice], made: Iterable[Example]) -> None:
    """Adds to ``voices.json`` the mean vector of each voice that ``made`` were spoken in; its statistics stay."""
    vectors: dict[str, list[Floats32]] = {}
    for example in made:
        if example.voice is not None:
            vectors.setdefault(example.label, []).append(example.voice.numpy())
    stored = json.loads(places.voices.read_text(encoding="utf-8"))
    for name, voice in about.items():
        if name in vectors:
            stored["voices"][name] = stored_voice(voice.language, voice.about, np.mean(vectors[name], axis=0))
    part = places.voices.with_suffix(".part")
    part.write_text(json.dumps(stored) + "\n", encoding="utf-8")
    part.replace(places.voices)
