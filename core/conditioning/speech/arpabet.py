"""ARPAbet, the phonemes of American dictionaries ("HH AH0 L OW1"), from espeak's IPA.

espeak's American English says a word mostly as the CMU dictionary does; where they differ (reduced vowels, taps,
glottal stops) the dictionary's habit is taken. Stress is a digit on vowels: 0 none, 1 primary, 2 secondary.
"""

from __future__ import annotations

from talkies.core.conditioning.speech.phonemes import nearest_units

_VOWELS = frozenset(("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"))
_SOUNDS = {
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "ɾ": "T", "ʔ": "T", "tʲ": "T", "tʃ": "CH", "dʒ": "JH",
    "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "ç": "HH", "x": "K",
    "ɣ": "G", "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɹ": "R", "r": "R", "j": "Y", "w": "W", "ʋ": "V", "ts": "T S",
    "pf": "P F", "əl": "AH L", "n̩": "AH N",
    "iː": "IY", "i": "IY", "ɪ": "IH", "ᵻ": "IH", "ɪː": "IH", "y": "UW", "yː": "UW", "ʏ": "UH", "eɪ": "EY", "eː": "EY",
    "ɛ": "EH", "ɛː": "EH", "ɛɪ": "EY", "æ": "AE", "a": "AA", "aː": "AA", "ɑ": "AA", "ɑː": "AA", "ɒ": "AA", "ʌ": "AH",
    "ə": "AH", "ɐ": "AH", "ɵ": "UH", "ɜ": "ER", "ɜː": "ER", "ɚ": "ER", "œ": "ER", "øː": "ER", "ɔ": "AO", "ɔː": "AO",
    "oː": "OW", "oʊ": "OW", "əʊ": "OW", "ʌʊ": "OW", "ʊ": "UH", "u": "UW", "uː": "UW", "yʊ": "Y UH", "aɪ": "AY",
    "aʊ": "AW", "ɔɪ": "OY", "ɔø": "OY", "œy": "OY", "ɑ̃": "AA N", "ɔ̃": "AO N",
    "iə": "IY AH", "ʊɐ": "UH R", "ɪɹ": "IH R", "ɛɹ": "EH R", "ʊɹ": "UH R", "ɑːɹ": "AA R", "ɔːɹ": "AO R", "oːɹ": "AO R",
    "aɪɚ": "AY ER", "aɪə": "AY AH",
}  # fmt: skip


def arpabet(unit: str) -> tuple[str, ...]:
    """One of espeak's units in ARPAbet: "ˈaɪɚ" → ("AY1", "ER0"); of other languages the nearest, () for what has none.

    The first vowel of a unit bears its stress.
    """
    stress, plain = "1" if "ˈ" in unit else "2" if "ˌ" in unit else "0", unit.strip("ˈˌ")
    spelled = _SOUNDS.get(plain)
    if spelled is None:
        spelled = " ".join(_SOUNDS[near.strip("ˈ")] for near in nearest_units(plain))
    names = spelled.split()
    first = next((index for index, name in enumerate(names) if name in _VOWELS), -1)
    return tuple(
        name if name not in _VOWELS else name + (stress if index == first else "0") for index, name in enumerate(names)
    )
