"""Code pages of the Latin script told apart by alphabets: a few words are enough, where statistics need a page."""

from __future__ import annotations

_WESTERN = (
    *("äöüß", "àâæçèéêëîïôœùûüÿ", "áéíñóúüªº", "àáâãçéêíóôõúüªº", "àèéìíîòóù", "àçèéíïòóúü·"),  # de fr es pt it ca
    *("åäöéà", "âæøåéèêóòô", "áéíóúýþæöð", "áàèéêëïíóöúü"),  # sv fi, da no, is, nl
)
_CENTRAL = (
    *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž"),  # pl cs sk
    *("áéíóöőúüű", "âăîşţ", "čćđšž"),  # hu, ro, hr sl bs
)
_ALPHABETS = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "cp1254": ("âçğıîöşûüi̇",),  # tr; the last is what İ becomes when small
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),  # lt lv et
    "mac_roman": _WESTERN,
}
_EVERYWHERE = frozenset("“”‘’„‚«»‹›–—…¿¡€£§°©®™\u00a0")
_STRANGE = 0.1  # share of its letters that a language may take from others


def latin_page(data: bytes, guess: str) -> str:
    """The page in which one language has all the letters, the commonest first; ``guess`` where it is no page of the
    Latin script, or none has them. Nothing guessed is ""."""
    if all(letter <= "\x7f" or letter in _EVERYWHERE for letter in data.decode("cp1252", "replace")):
        return "cp1252"  # English with its quotation marks
    if guess and guess not in _ALPHABETS:
        return guess
    strange = {page: _strange(data.decode(page, "replace"), page) for page in _ALPHABETS}
    best = min(strange, key=lambda page: strange[page])
    return best if strange[best] <= _STRANGE * sum(byte > 127 for byte in data) else guess


def _strange(text: str, page: str) -> int:
    """How many letters and signs of the text are of no alphabet of the page, for the language that has the most."""
    found = [letter for letter in text.lower() if letter > "\x7f" and letter not in _EVERYWHERE]
    return min(sum(letter not in alphabet for letter in found) for alphabet in _ALPHABETS[page])
