"""Names of sidecars: which subtitle files belong to which file beside them, and which of several is read.

film.mov:   film.srt   film.mov.srt   film.en-US.forced.srt   Film.SRT   film_de.vtt      not film.broll.srt, film2.srt

A sidecar belongs to the longest name that fits, so that ``scene.1.srt`` is not that of ``scene.mp4`` beside
``scene.1.mp4``; what follows the name is a language or a known word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from talkies.core.timeline.words.languages import language_of_file, names_language
from talkies.core.timeline.words.subtitle_files import SUBTITLE_SUFFIXES, TEXT_SUFFIXES

_UNREAD_TABLE = """
.idx .scc .stl .smi .sami .lrc .sup .mpl .mpl2 .rt .usf .jss .ttxt .cap .pac .mcc .aqt .pjs .psb .srv1 .srv2 .srv3
"""
UNREAD_SUFFIXES = tuple(_UNREAD_TABLE.split())
_ABOUT = (".json", ".md", ".nfo", ".log", ".pdf", ".part", ".zip", ".md5")  # beside a film, but no film
_FULL_TABLE = (
    "sdh cc hi full default original orig sub subs subtitle subtitles caption captions auto asr transcript dialogue"
)
_PARTLY_TABLE = "forced foreign signs songs lyrics commentary"
_FOLDERS = 16  # whose names are kept, each sorted out once for all that lies in it
_FOR_THE_DEAF = frozenset(("sdh", "cc", "hi"))
_FULL = frozenset(_FULL_TABLE.split())
_PARTLY = frozenset(_PARTLY_TABLE.split())


@dataclass(frozen=True)
class Sidecar:
    """A subtitle file by its name: what follows its owner's name, and the language that it says."""

    name: str
    words: tuple[str, ...]
    language: str

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Lowest first, of several in one language: whole before forced, with described sounds before without."""
        words = frozenset(self.words)
        suffix = PurePath(self.name).suffix.lower()
        return bool(words & _PARTLY), not words & _FOR_THE_DEAF, SUBTITLE_SUFFIXES.index(suffix), self.name


@dataclass(frozen=True)
class Chosen:
    """Names of the sidecars to read, in order, and a sentence for each that is left out."""

    names: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    """Files that may be subtitles or something else; to be looked into where nothing else is read."""


def choose(owner: str, names: Sequence[str]) -> Chosen:
    """Of all ``names`` in a folder, the sidecars of the file ``owner``."""
    names = tuple(names)
    keys = frozenset() if _is_beside(owner) else frozenset(map(_key, _stems(owner)))
    owned = _owned(names, keys - _owners(names))  # the owner may be offline
    found, strange, unread, texts = [], [], [], []
    for name, words in sorted(pair for key in set(map(_key, _stems(owner))) for pair in owned.get(key, ())):
        if name == owner or name.lower().endswith(_ABOUT):
            continue
        if name.lower().endswith(UNREAD_SUFFIXES):
            unread.append(name)
        elif not _are_known(words):
            strange.append(name)
        elif name.lower().endswith(TEXT_SUFFIXES):
            texts.append(name)
        else:
            found.append(Sidecar(name, words, language_of_file(name) if words else ""))
    exact = [each for each in found if each.name.startswith(PurePath(owner).stem)]
    names_read, left_out = _one_of_each(exact or found)
    sentences = [*left_out, *(f"{name}: {_STRANGE}" for name in strange if not name.lower().endswith(TEXT_SUFFIXES))]
    if unread and not names_read:
        sentences.append(f"{', '.join(unread)}: {UNREAD}")
    return Chosen(names_read, tuple(sentences), tuple(texts))


UNREAD = "subtitles of a kind that is not read here; convert them to .srt"
_STRANGE = "is not read: what follows the film's name is neither a language nor a known word, such as forced; rename it"


def _one_of_each(found: Iterable[Sidecar]) -> tuple[tuple[str, ...], list[str]]:
    """One file in each language, or the one that names none; and a sentence for the others."""
    by_language: dict[str, list[Sidecar]] = {}
    for sidecar in sorted(found, key=lambda each: each.rank):
        by_language.setdefault(sidecar.language, []).append(sidecar)
    sentences = []
    for group in by_language.values():
        if len(group) > 1:
            others = ", ".join(each.name for each in group[1:])
            sentences.append(f"{others}: left out, for {group[0].name} is in the same language")
    best = [group[0] for group in by_language.values()]
    named = [each for each in best if each.language]
    if named and len(named) < len(best):
        plain = by_language[""][0].name
        others = ", ".join(each.name for each in named)
        sentences.append(f"{others}: left out, for {plain} is read; name its language too to choose between them")
        return (plain,), sentences
    return tuple(sorted(each.name for each in best)), sentences


@lru_cache(_FOLDERS)
def _owners(names: tuple[str, ...]) -> frozenset[str]:
    """Keys of all that may have sidecars in a folder."""
    return frozenset(_key(each) for name in names if not _is_beside(name) for each in _stems(name))


@lru_cache(_FOLDERS)
def _owned(names: tuple[str, ...], more: frozenset[str]) -> Mapping[str, list[tuple[str, tuple[str, ...]]]]:
    """The sidecars of a folder, with the words after their owner's name, by the owner's key; ``more``: other owners."""
    films = _owners(tuple(name for name in names if not _may_own(name))) | more
    texts = [name for name in names if _may_own(name) and (match := _belonging(name, films)) and _are_known(match[1])]
    owners = films | _owners(tuple(name for name in names if name not in texts))
    owned: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name in names:
        if not (_is_beside(name) or _may_own(name)):
            continue
        if match := _belonging(name, films if _may_own(name) else owners):
            owned.setdefault(_key(match[0]), []).append((name, match[1]))
    return owned


def _belonging(name: str, owners: Set[str]) -> tuple[str, tuple[str, ...]] | None:
    """The longest of the owners that a sidecar's name begins with, and the words after it."""
    stem = PurePath(name).stem
    for end in range(len(stem), 0, -1):
        if end < len(stem) and stem[end] not in "._- ":
            continue
        rest = stem[end:]
        if _key(stem[:end]) in owners and (not rest or rest[0] == "." or names_language(rest[1:])):
            return stem[:end], tuple(word.lower() for word in rest.lstrip("._- ").split(".") if word)
    return None


def _are_known(words: Sequence[str]) -> bool:
    """Languages and known words; a number after at least one of them tells copies apart."""
    known = [names_language(word) or word in _FULL or word in _PARTLY for word in words]
    return all(each or (index and words[index].isdecimal()) for index, each in enumerate(known))


def _is_beside(name: str) -> bool:
    return not _may_own(name) and name.lower().endswith((*SUBTITLE_SUFFIXES, *TEXT_SUFFIXES, *UNREAD_SUFFIXES, *_ABOUT))


def _may_own(name: str) -> bool:
    """A timeline, which may have sidecars, or subtitles, which may be one: TTML and Final Cut 7 have the same name."""
    return name.lower().endswith(".xml")


def _stems(name: str) -> tuple[str, ...]:
    path = PurePath(name)
    return (path.stem, name) if path.suffix else (name,)


def _key(name: str) -> str:
    """Names that some file systems take for the same are the same."""
    return unicodedata.normalize("NFC", name).casefold()
