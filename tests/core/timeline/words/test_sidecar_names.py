"""Which subtitle files belong to which film, and which of several is read."""

from __future__ import annotations

import pytest

from talkies.core.timeline.words.sidecar_names import UNREAD_SUFFIXES, choose
from talkies.core.timeline.words.subtitle_files import SUBTITLE_SUFFIXES, TEXT_SUFFIXES


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("film.mp4", "film.srt"),
        ("film.mp4", "film.mp4.srt"),
        ("film.mp4", "film.en-US.forced.srt"),
        ("film.mp4", "film.German.vtt"),
        ("film.mp4", "film.en.hi.srt"),
        ("film.mp4", "film.en.2.srt"),
        ("film.mp4", "film_fr.vtt"),
        ("film.mp4", "Film.SRT"),
        ("film.mp4", "film.itt"),
        ("e\u0301te\u0301.mp4", "été.srt"),
        ("scene.1.mp4", "scene.1.srt"),
        ("scene.1.mp4", "scene.1.de.srt"),
    ],
)
def test_what_is_read(owner: str, name: str) -> None:
    assert choose(owner, [owner, name]).names == (name,)


@pytest.mark.parametrize("name", ["film2.srt", "filmography.srt", "my film.srt", "film.txt.bak"])
def test_what_belongs_to_others(name: str) -> None:
    assert choose("film.mp4", ["film.mp4", name]) == choose("film.mp4", [])


@pytest.mark.parametrize("name", ["film.json", "film.info.json", "film.mp4.part", "film.nfo", "film.en.md", "film.zip"])
def test_what_is_about_a_film_is_not_its_words(name: str) -> None:
    assert choose("film.mp4", ["film.mp4", name]) == choose("film.mp4", [])
    assert choose("film.mp4", ["film.mp4", name, "film.srt"]).names == ("film.srt",)


def test_the_longest_name_that_fits_owns_a_sidecar() -> None:
    names = ["scene.mp4", "scene.srt", "scene.1.mp4", "scene.1.srt", "scene.de.mov", "scene.de.srt"]
    assert choose("scene.mp4", names).names == ("scene.srt",)
    assert choose("scene.1.mp4", names).names == ("scene.1.srt",)
    assert choose("scene.de.mov", names).names == ("scene.de.srt",)


def test_a_strange_word_after_the_name_is_told() -> None:
    chosen = choose("film.mp4", ["film.mp4", "film.broll.srt"])
    assert chosen.names == ()
    assert "film.broll.srt" in chosen.warnings[0] and "rename it" in chosen.warnings[0]
    assert choose("film.mp4", ["film.mp4", "film.broll.srt", "film.broll.mp4"]).warnings == ()


def test_one_file_in_each_language() -> None:
    chosen = choose("film.mp4", ["film.en.srt", "film.en.forced.srt", "film.en.sdh.srt", "film.de.srt", "film.de.vtt"])
    assert chosen.names == ("film.de.srt", "film.en.sdh.srt")
    assert len(chosen.warnings) == 2 and "film.de.vtt: left out" in " ".join(chosen.warnings)


def test_the_file_without_a_language_before_translations() -> None:
    chosen = choose("film.mp4", ["film.srt", "film.de.srt"])
    assert chosen.names == ("film.srt",)
    assert "film.de.srt: left out" in chosen.warnings[0]


def test_kinds_that_are_not_read_are_told_where_nothing_else_is() -> None:
    names = ["film.en.scc", "film.lrc", "film.idx", "film.sup", "film.stl", "film.smi"]
    (sentence,) = choose("film.mp4", names).warnings
    assert all(name in sentence for name in names) and ".srt" in sentence
    assert choose("film.mp4", [*names, "film.srt"]).warnings == ()


def test_no_format_is_both_read_and_left_unread() -> None:
    assert not {*UNREAD_SUFFIXES} & {*SUBTITLE_SUFFIXES, *TEXT_SUFFIXES}
