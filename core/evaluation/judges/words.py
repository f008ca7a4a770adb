"""Words of English speech by moonshine tiny-en: word error beside that of the recordings.

    sound ─► Moonshine.heard ─► spelled ─┐
    text ──────────────────────► spelled ┴─► word_errors

The recogniser writes what people write (``3rd``, ``$5``, ``1980s``, ``10:30``); :func:`spelled` turns that into the
words that are said, so that only what was misheard counts.
"""

from __future__ import annotations

import re

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.evaluation.extras import need
from talkies.core.evaluation.judges.hearing import JUDGES_RATE, at_16k
from talkies.core.evaluation.measures.speech import WordErrors, sound_power, spoken_number, word_errors

_RMS = 0.08  # of the louder half
_BEFORE_S, _AFTER_S = 0.3, 0.5  # silence around, so that first and last word are heard whole

_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro"}


def spelled(text: str) -> str:
    """Ordinals, sums of money, clock times, decimals and decades in words; the rest as it is."""
    text = re.sub(r"\b(1[1-9])(\d\d)\b(?!,\d)", _year, text.replace("’", "'"))
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"([$£€])(\d+)(?:\.(\d\d))?", _money, text)
    text = re.sub(r"\b(\d{1,2}):(\d\d)\b", _clock, text)
    text = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", lambda found: ordinal(int(found[1])), text, flags=re.IGNORECASE)
    text = re.sub(r"\b(\d\d)(\d0)'?s\b", lambda found: f"{_number(found[1])} {_plural(_number(found[2]))}", text)
    return re.sub(r"(\d)\.(\d+)", lambda found: f"{found[1]} point {' '.join(found[2])}", text)


def ordinal(number: int) -> str:
    """``twenty first`` of 21."""
    *front, last = spoken_number(number)
    last = last[:-1] + "ieth" if last.endswith("y") else _ORDINALS.get(last, last + "th")
    return " ".join([*front, last])


def _number(digits: str) -> str:
    return " ".join(spoken_number(int(digits)))


def _plural(word: str) -> str:
    return word[:-1] + "ies" if word.endswith("y") else word + "s"


def _money(found: re.Match[str]) -> str:
    unit = _CURRENCIES[found[1]] + ("" if found[2] == "1" else "s")
    cents = f" and {_number(found[3])} cents" if found[3] and int(found[3]) else ""
    return f"{_number(found[2])} {unit}{cents}"


def _clock(found: re.Match[str]) -> str:
    minutes = int(found[2])
    said = "" if minutes == 0 else f"oh {_number(found[2])}" if minutes < 10 else _number(found[2])
    return f"{_number(found[1])} {said}".strip()


def _year(found: re.Match[str]) -> str:
    rest = int(found[2])
    said = "hundred" if rest == 0 else f"oh {_number(found[2])}" if rest < 10 else _number(found[2])
    return f"{_number(found[1])} {said}"


class Moonshine:
    """moonshine tiny-en, 27 M parameters, MIT. Raises MissingExtraError."""

    def __init__(self) -> None:
        utils = need("moonshine_voice.utils", "judges")
        transcriber = need("moonshine_voice.transcriber", "judges")
        api = need("moonshine_voice.moonshine_api", "judges")
        self._transcriber = transcriber.Transcriber(str(utils.get_assets_path()) + "/tiny-en", api.ModelArch.TINY)

    def heard(self, sound: Sound) -> str:
        """The words in 48 kHz mono ``sound`` (N,); "" for silence."""
        power = sound_power(sound)
        if power < 1e-10:
            return ""
        around = (round(_BEFORE_S * JUDGES_RATE), round(_AFTER_S * JUDGES_RATE))
        samples = np.pad(at_16k(sound) * np.float32(_RMS / np.sqrt(power)), around)
        lines = self._transcriber.transcribe_without_streaming(samples.tolist(), JUDGES_RATE).lines
        return " ".join(line.text.strip() for line in lines)

    def errors(self, text: str, sound: Sound) -> WordErrors:
        """Word errors of one sentence."""
        return word_errors(spelled(text), spelled(self.heard(sound)))
