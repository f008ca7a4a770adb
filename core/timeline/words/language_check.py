"""Whether words are in the language that their file or track names: by their script and its small words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from talkies.core.languages import main_language
from talkies.core.segment import Cue

_SMALL_WORDS = {
    "en": """a the and you is are was were that this have has what not with they he she it we my your don't i'm it's
    of to in on at for no do me us be by if so all can will come here there who how why where when out up
    yes know i his her should would could did does had been must go now let's some then than them they're
    we're you're i've him an or from""",
    "de": """der die das und ich nicht ist ein eine einen du sie wir es zu mit auf den dem was wie hat habe haben bin
    auch aber mir mich dich dir in an so im am er ihr war wer wo ja nein doch nur noch schon wenn dann alle
    von für""",
    "fr": """la le les et je ne pas est un une vous nous il elle de des que qui c'est dans avec pour mais sur mon ce
    tu on me te se en au du si ou où ça oui non j'ai suis bien tout plus moi toi""",
    "es": """el la los las y no es un una yo tú que qué de en con por para pero mi está lo se muy como usted me te a
    si sí ha he su al del más ya eso esto aquí""",
    "it": """il lo la gli e non è un una che di in con per ma mi sono questo ho ha come anche della sei a i no si se
    ti ci più qui io tu lui lei cosa perché""",
    "nl": """de het een en ik niet is je wij ze dat van met op te maar wat hij heb heeft voor naar ook zijn in we me
    er dit die of als dan nog wel nee ja jij u mijn kan""",
    "pt": """o a os as e não é um uma que de em com por para mas eu você está isso muito como meu minha no na do da
    se me te sim ele ela foi""",
    "sv": """och jag det är inte en ett du vi de som på med att för men har den vad min han hon i mig dig så om av
    till var här nu ja nej""",
    "da": """og jeg det er ikke en et du vi de som på med at for men har den hvad min han hun i mig dig så om af til
    var her nu ja nej""",
    "pl": """i nie to jest się na w z do że co jak ale ja ty mnie jestem pan tak był czy dla o a po on ona mi ci""",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_SCRIPTS = (
    ("Cyrillic", re.compile(r"[\u0400-\u04ff]"), ("ru", "uk", "bg", "sr", "mk", "be", "kk", "mn")),
    ("Greek", re.compile(r"[\u0370-\u03ff]"), ("el",)),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]"), ("he", "yi")),
    ("Arabic", re.compile(r"[\u0600-\u06ff]"), ("ar", "fa", "ur", "ps")),
    ("Thai", re.compile(r"[\u0e00-\u0e7f]"), ("th",)),
    ("Korean", re.compile(r"[\uac00-\ud7af]"), ("ko",)),
    ("Japanese", re.compile(r"[\u3040-\u30ff]"), ("ja",)),
    ("Chinese", re.compile(r"[\u4e00-\u9fff]"), ("zh", "ja")),
)
_FEWEST = 2  # small words of another language, and none of its own, in a line that is told,
_SHORTEST = 3  # and that has as many words


def language_doubts(cues: Iterable[Cue], language: str) -> tuple[str, ...]:
    """A sentence where lines seem to be in another language than the one that is named, or, where none is named, in
    another than English."""
    spoken = [cue for cue in cues if cue.kind == "speech"]
    named = main_language(language)
    other = [(cue, seen) for cue in spoken if (seen := _seems(cue.text, named or "en"))]
    if not other or (not named and 2 * len(other) < len(spoken)):
        return ()
    seen, count = Counter(seen for _, seen in other).most_common(1)[0]
    first = next(cue for cue, each in other if each == seen)
    lines = "1 line seems" if count == 1 else f"{count} lines seem"
    quoted = first.text if len(first.text) <= 40 else f"{first.text[:40]}…"
    if not named:
        return (f"names no language, and {lines} to be in {seen} ('{quoted}'): name it, as in film.{_code(seen)}.srt",)
    return (f"is said to be in {language}, but {lines} to be in {seen} ('{quoted}'): it is spoken as {language}",)


def _code(seen: str) -> str:
    """A tag to show: of a script, that of its first language."""
    return next((languages[0] for script, _, languages in _SCRIPTS if script == seen), seen)


def _seems(text: str, named: str) -> str:
    """The language or script of a line that the named language contradicts, else ""."""
    letters = sum(map(str.isalpha, text))
    for script, pattern, languages in _SCRIPTS:
        if 2 * len(pattern.findall(text)) > letters:
            return "" if named in languages else script
    if any(named in languages for _, _, languages in _SCRIPTS):
        return "Latin letters" if letters > 12 else ""
    if named not in _WORDS:
        return ""
    return _by_words(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower().replace("’", "'")), named)


def _by_words(words: Sequence[str], named: str) -> str:
    """The language of which there are two small words at least, and none of the named one."""
    if len(words) < _SHORTEST or any(word in _WORDS[named] for word in words):
        return ""
    hits = {language: len({word for word in words if word in known}) for language, known in _WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] >= _FEWEST else ""
