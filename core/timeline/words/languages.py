"""Language tags (BCP 47) from file names, track names and the three-letter codes inside movies."""

from __future__ import annotations

import re

_TWO_LETTERS_TABLE = """
af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka
kk km kn ko lt lv mk ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tr uk
ur uz vi zh
"""
_THREE_LETTERS_TABLE = """
eng=en ger=de deu=de fre=fr fra=fr dut=nl nld=nl spa=es ita=it por=pt rus=ru jpn=ja kor=ko chi=zh zho=zh
swe=sv nor=no nob=nb nno=nn dan=da fin=fi pol=pl cze=cs ces=cs slo=sk slk=sk hun=hu rum=ro ron=ro bul=bg
gre=el ell=el tur=tr ara=ar heb=he hin=hi tha=th vie=vi ind=id ukr=uk hrv=hr srp=sr slv=sl est=et lav=lv
lit=lt per=fa fas=fa cat=ca baq=eu eus=eu glg=gl ice=is isl=is wel=cy cym=cy gle=ga may=ms msa=ms tam=ta
tel=te ben=bn urd=ur
"""
_NAMES_TABLE = """
english=en german=de deutsch=de french=fr français=fr francais=fr dutch=nl nederlands=nl spanish=es
español=es espanol=es italian=it italiano=it portuguese=pt português=pt portugues=pt russian=ru
русский=ru japanese=ja korean=ko chinese=zh swedish=sv svenska=sv norwegian=no norsk=no danish=da
dansk=da finnish=fi suomi=fi polish=pl polski=pl czech=cs čeština=cs hungarian=hu magyar=hu romanian=ro
greek=el turkish=tr türkçe=tr arabic=ar hebrew=he hindi=hi thai=th vietnamese=vi indonesian=id
ukrainian=uk croatian=hr serbian=sr catalan=ca
"""
_TWO_LETTERS = frozenset(_TWO_LETTERS_TABLE.split())
_THREE_LETTERS = dict(pair.split("=") for pair in _THREE_LETTERS_TABLE.split())
_NAMES = dict(pair.split("=") for pair in _NAMES_TABLE.split())
_TAG = re.compile(r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?$")


def language_tag(code: str) -> str:
    """The BCP 47 tag a code stands for, "" if none: ``pt_br`` → ``pt-BR``, ``ger`` → ``de``."""
    match = _TAG.match(code.strip())
    if match is None:
        return ""
    language = match[1].lower()
    language = _THREE_LETTERS.get(language, language)
    if language not in _TWO_LETTERS:
        return ""
    return "-".join(filter(None, (language, (match[2] or "").title(), (match[3] or "").upper())))


def names_language(word: str) -> bool:
    """Whether a word is a language's code or name."""
    return bool(language_tag(word)) or word.lower() in _NAMES


def language_of_file(name: str) -> str:
    """From the end of a file name: ``film.de.srt``, ``film.de.forced.srt``, ``film_fr.vtt``."""
    parts = name.split(".")[1:-1]
    tags = [tag for part in parts[-3:] if (tag := language_tag(part) or _NAMES.get(part.lower(), ""))]
    if tags:  # "hi" after another language is no Hindi: it stands for the hearing impaired
        return tags[-2] if tags[-1] == "hi" and len(tags) > 1 else tags[-1]
    match = re.search(r"[ _-]([a-z]{2}(?:[-_][A-Z]{2})?)\.[^.]*$", name)
    return language_tag(match[1]) if match else ""


def language_of_name(name: str) -> str:
    """From a track's name: ``Subtitles (German)``, ``Untertitel de``, ``ST 1 pt-BR``."""
    words = re.findall(r"[^\s,;:/()\[\]|]+", name)
    for word in words:
        if tag := _NAMES.get(word.lower(), ""):
            return tag
    for word in reversed(words):
        plain_word = len(words) > 1 and not (word.islower() or "-" in word or "_" in word)  # "IT", "No" may be words
        if not plain_word and (tag := language_tag(word)):
            return tag
    return ""
