"""Is it understood, and is it said where the cue is: word error rate and cue fit.

    sound ─► Recogniser.words ─┐
    text ──► normalised ───────┴─► word_errors ─► WordErrors, added up over sentences ─► .rate

The judge is pocketsphinx with the American English models that it brings along: offline, the same for everyone, and
weak enough to notice bad speech. What counts is our rate beside the rate on natural recordings of the same sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.arrays import AnySound, Floats
from talkies.core.evaluation.extras import need
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.times import TimeRange

_RECOGNISER_RATE = 16_000
_LEVEL_DB = -25.0  # RMS at which pocketsphinx hears; recordings are quieter and each is brought to this
_PAUSE_S = 0.3  # silence before and after: the decoder wants to hear that nobody speaks yet

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}


def spoken_number(number: int) -> list[str]:
    """0 … 999,999,999 as American words, without "and"."""
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10], *(spoken_number(number % 10) if number % 10 else [])]
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return [*spoken_number(number // size), name, *(spoken_number(rest) if rest else [])]
    raise AssertionError(number)


def normalised(text: str) -> list[str]:
    """Words as the recogniser writes them: lower case, no punctuation, numbers in words, apostrophes kept inside."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("&", " and ").replace("%", " percent ")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    words: list[str] = []
    for word in re.findall(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*", text):
        if word.isdecimal():
            digits = [spoken_number(int(digit))[0] for digit in word]
            words += digits if len(word) > 9 else spoken_number(int(word))
        else:
            words.append(_TITLES.get(word, word))
    return words


@dataclass(frozen=True)
class WordErrors:
    """Substitutions, insertions and deletions together, and the words there should have been; ``+`` pools."""

    errors: int = 0
    words: int = 0

    def __add__(self, other: WordErrors) -> WordErrors:
        return WordErrors(self.errors + other.errors, self.words + other.words)

    @property
    def rate(self) -> float | None:
        """Word error rate; above 1 when more is inserted than was said; None without words."""
        return self.errors / self.words if self.words else None


def word_errors(reference: str, heard: str) -> WordErrors:
    """Least number of word substitutions, insertions and deletions from one text to the other."""
    wanted, given = normalised(reference), normalised(heard)
    costs = list(range(len(given) + 1))
    for row, word in enumerate(wanted, 1):
        above, costs = costs, [row]
        for column, other in enumerate(given, 1):
            costs.append(min(above[column] + 1, costs[-1] + 1, above[column - 1] + (word != other)))
    return WordErrors(costs[-1], len(wanted))


def relative_rate_interval(
    ours: Sequence[WordErrors], natural: Sequence[WordErrors], draws: int = 2000, seed: int = 0
) -> tuple[float, float] | None:
    """95 % interval of (our rate / natural rate) over the same sentences, by resampling sentences."""
    if not ours or not sum(item.errors for item in natural):
        return None
    picks = np.random.default_rng(seed).integers(len(ours), size=(draws, len(ours)))
    above = np.array([item.errors for item in ours])[picks].sum(1)
    below = np.maximum(np.array([item.errors for item in natural])[picks].sum(1), 1)
    low, high = np.percentile(above / below, (2.5, 97.5))
    return float(low), float(high)


class Recogniser:
    """American English dictation; about half a second of computing for a sentence."""

    def __init__(self) -> None:
        pocketsphinx = need("pocketsphinx")
        model = Path(pocketsphinx.get_model_path()) / "en-us"
        self._decoder = pocketsphinx.Decoder(
            hmm=str(model / "en-us"),
            lm=str(model / "en-us.lm.bin"),
            dict=str(model / "cmudict-en-us.dict"),
            samprate=_RECOGNISER_RATE,
            loglevel="FATAL",
        )

    def heard(self, sound: AnySound) -> str:
        """The words in 48 kHz mono ``sound`` (N,), "" for silence. Nothing is carried from one sound to the next."""
        samples = _recogniser_input(np.asarray(sound, np.float64).ravel())
        if not samples:
            return ""
        self._decoder.reinit_feat()
        self._decoder.start_utt()
        self._decoder.process_raw(samples, full_utt=True)
        self._decoder.end_utt()
        result = self._decoder.hyp()
        return "" if result is None else " ".join(word for word in result.hypstr.split() if word[0].isalpha())

    def errors(self, text: str, sound: AnySound) -> WordErrors:
        """Word errors of one sentence."""
        return word_errors(text, self.heard(sound))


def _recogniser_input(sound: Floats) -> bytes:
    """16 kHz 16-bit samples at one level, silence with a trace of noise around; empty when there is nothing to hear."""
    from scipy.signal import resample_poly

    active = sound_power(sound)
    if active < 1e-10:
        return b""
    small = resample_poly(sound, 1, SAMPLE_RATE // _RECOGNISER_RATE, window=("kaiser", 9.0))
    padded = np.pad(small * 10 ** (_LEVEL_DB / 20) / np.sqrt(active), round(_PAUSE_S * _RECOGNISER_RATE))
    dither = np.random.default_rng(0).normal(0, 1, len(padded))
    return np.asarray(np.clip(padded * 32767 + dither, -32768, 32767), "<i2").tobytes()


def sound_power(sound: AnySound) -> float:
    """Mean power of the louder half of the 20 ms frames, so that pauses do not count."""
    frame = SAMPLE_RATE // 50
    power = np.sort(np.square(np.asarray(sound, float)[: len(sound) // frame * frame].reshape(-1, frame)).mean(1))
    return float(power[len(power) // 2 :].mean()) if len(power) else 0.0


def voiced_ranges(sound: AnySound, within_db: float = 35.0, pause: float = 0.2) -> list[tuple[float, float]]:
    """Where (s) something is said in 48 kHz mono ``sound``: by level in 100–7000 Hz, 10 ms steps.

    A frame counts within ``within_db`` of the loud frames and 6 dB above the quietest tenth; pauses shorter than
    ``pause`` (s) are bridged, and what lasts under 50 ms is not speech.
    """
    from scipy.signal import butter, sosfiltfilt

    step, sound = SAMPLE_RATE // 100, np.asarray(sound, np.float64).ravel()
    if len(sound) < 4 * step:
        return []
    band = sosfiltfilt(butter(2, (100, 7000), "band", fs=SAMPLE_RATE, output="sos"), sound)
    power = np.square(band[: len(band) // step * step].reshape(-1, step)).mean(1)
    level = 10 * np.log10(power + 1e-12)
    loud, quiet = np.percentile(level, (95, 10))
    threshold = max(float(loud) - within_db, min(float(quiet) + 6.0, float(loud) - 12.0), -65.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], level > threshold, [0]]).astype(int)))
    ranges: list[tuple[float, float]] = []
    for start, end in zip(edges[::2] / 100, edges[1::2] / 100, strict=True):
        if ranges and start - ranges[-1][1] < pause:
            ranges[-1] = (ranges[-1][0], float(end))
        else:
            ranges.append((float(start), float(end)))
    return [(start, end) for start, end in ranges if end - start >= 0.05]


@dataclass(frozen=True)
class CueFit:
    """Share of the energy inside the cue, and how much later (s) than the cue's in and out speech begins and ends."""

    inside: float | None
    start_offset: float | None
    end_offset: float | None


def cue_fit(sound: AnySound, cue: TimeRange, origin: Fraction = Fraction(0), reach: float = 1.0) -> CueFit:
    """How well 48 kHz mono ``sound``, which begins at ``origin`` (s), keeps to one cue; looks ``reach`` s around it.

    None where nothing sounds.
    """
    start, end = (float(edge - origin) for edge in (cue.start, cue.end))
    first = max(round((start - reach) * SAMPLE_RATE), 0)
    near = np.asarray(sound, np.float64)[first : max(round((end + reach) * SAMPLE_RATE), 0)]
    energy = float(np.square(near).sum())
    spoken = voiced_ranges(near)
    if energy <= 1e-9 * max(len(near), 1) or not spoken:
        return CueFit(None, None, None)
    inside = np.asarray(sound, np.float64)[max(round(start * SAMPLE_RATE), 0) : max(round(end * SAMPLE_RATE), 0)]
    offset = first / SAMPLE_RATE
    return CueFit(
        min(float(np.square(inside).sum()) / energy, 1.0), spoken[0][0] + offset - start, spoken[-1][1] + offset - end
    )
