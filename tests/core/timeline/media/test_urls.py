"""Media addresses as editors write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.timeline.media.urls import MediaFinder, file_name, is_remote, path_readings


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("/media/a.mov", "/media/a.mov"),
        ("media/a.mov", "media/a.mov"),
        ("C:/media/a.mov", "C:/media/a.mov"),
        ("C:\\media\\a.mov", "C:\\media\\a.mov"),
        ("\\\\server\\share\\a.mov", "\\\\server\\share\\a.mov"),
        ("file:///media/a.mov", "/media/a.mov"),
        ("file:/media/a.mov", "/media/a.mov"),
        ("FILE:///media/a.mov", "/media/a.mov"),
        ("file:///C:/media/a.mov", "C:/media/a.mov"),
        ("file://C:/media/a.mov", "C:/media/a.mov"),
        ("file://localhost/media/a.mov", "/media/a.mov"),
        ("file://localhost/D%3a/media/a.mov", "/D:/media/a.mov"),
        ("file://server/share/a.mov", "//server/share/a.mov"),
        ("file:///media/a%20b%23c.mov", "/media/a b#c.mov"),
        ("file:///media/100%.mov", "/media/100%.mov"),
        ("/media/a%20b.mov", "/media/a%20b.mov"),
        ("/media/take #2?.mov", "/media/take #2?.mov"),
        ("file:///media/na%C3%AFve.mov", "/media/naïve.mov"),
    ],
)
def test_the_likeliest_reading(url: str, first: str) -> None:
    assert path_readings(url)[0] == first


@pytest.mark.parametrize("url", ["https://example.org/a.mov", "s3://bucket/a.mov", "rtsp://camera/1"])
def test_remote_addresses_are_no_paths(url: str) -> None:
    assert is_remote(url)
    assert path_readings(url) == ()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("C:\\media\\a b.mov", "a b.mov"),
        ("\\\\server\\share\\a.mov", "a.mov"),
        ("file:///media/a%20b.mov", "a b.mov"),
        ("/media/folder/", "folder"),
        ("take #2.mov", "take #2.mov"),
        ("https://example.org/media/a%20b.mov?token=1#t=2", "a b.mov"),
        ("smb://server/share/a.mov", "a.mov"),
        ("https://example.org", ""),
        ("", ""),
    ],
)
def test_the_file_name(url: str, name: str) -> None:
    assert file_name(url) == name


@pytest.mark.parametrize(
    "name", ["a.mov", "take #2.mov", "what?.mov", "100%.mov", "a%20b.mov", "naïve ü.mov", "take:1.mov", "a+b&c.mov"]
)
def test_files_are_found_however_they_are_addressed(tmp_path: Path, name: str) -> None:
    from urllib.parse import quote

    (tmp_path / "media").mkdir()
    target = tmp_path / "media" / name
    target.touch()
    finder = MediaFinder(tmp_path / "cut.otio")
    for url in (
        f"media/{name}",
        f"./media/{name}",
        str(target),
        target.as_uri(),
        f"file://localhost{quote(str(target))}",
    ):
        found = finder.find(url)
        assert found is not None, url
        assert found.resolve() == target
    assert MediaFinder(tmp_path / "cut.otio").find(f"media\\{name}") == target


@pytest.mark.parametrize(
    ("there", "stated"),
    [
        ("Rushes/Été.mov", "Rushes/E\u0301te\u0301.mov"),  # macOS writes accents apart
        ("Rushes/e\u0301te\u0301.mov", "Rushes/été.mov"),
        ("Rushes/A001.MOV", "rushes/a001.mov"),
        ("Rushes/A001.MOV", "RUSHES\\A001.mov"),
    ],
)
def test_a_name_as_another_system_spells_it(tmp_path: Path, there: str, stated: str) -> None:
    target = tmp_path / there
    target.parent.mkdir()
    target.touch()
    for url in (stated, str(tmp_path / stated), (tmp_path / stated).as_uri(), f"D:/gone/{Path(there).name.lower()}"):
        finder = MediaFinder(tmp_path / "cut.otio", tmp_path / "Rushes")
        assert finder.find(url) == target, url
    assert MediaFinder(tmp_path / "cut.otio").find(stated) == target


def test_the_name_as_it_stands_goes_first(tmp_path: Path) -> None:
    for name in ("A.mov", "a.mov"):
        (tmp_path / name).write_text(name)
    for name in ("A.mov", "a.mov"):
        found = MediaFinder(tmp_path / "cut.otio").find(name)
        assert found is not None and found.name == name


def test_a_query_is_cut_only_when_no_file_has_it_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.mov").touch()
    assert MediaFinder(tmp_path / "cut.otio").find("a.mov?token=1") == tmp_path / "a.mov"
    (tmp_path / "a.mov?token=1").touch()
    assert MediaFinder(tmp_path / "cut.otio").find("a.mov?token=1") == tmp_path / "a.mov?token=1"


def test_media_dir_is_searched_by_name(tmp_path: Path) -> None:
    (tmp_path / "rushes" / "one").mkdir(parents=True)
    target = tmp_path / "rushes" / "one" / "Film.MOV"
    target.touch()
    finder = MediaFinder(tmp_path / "cut.otio", tmp_path / "rushes")
    assert finder.find("D:\\gone\\Film.MOV") == target
    assert finder.find("file:///gone/film.mov") == target
    assert finder.find("/gone/other.mov") is None
    assert finder.find_named(("A001", "film"), (".mov",)) == target


@pytest.mark.parametrize("url", ["smb://server/share/a%20b.mov", "https://example.org/get/a%20b.mov?token=1"])
def test_media_of_another_machine_that_was_brought_here(tmp_path: Path, url: str) -> None:
    """As the sentence says that tells of it: download it and name its folder."""
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a b.mov").touch()
    timeline = tmp_path / "cut" / "cut.otio"
    assert MediaFinder(timeline).find(url) is None
    assert MediaFinder(timeline, tmp_path / "media").find(url) == tmp_path / "media" / "a b.mov"


def test_a_bundle_hides_what_lies_outside(tmp_path: Path) -> None:
    inside = tmp_path / "bundle"
    inside.mkdir()
    (tmp_path / "secret.mov").touch()
    (inside / "link.mov").symlink_to(tmp_path / "secret.mov")
    finder = MediaFinder(tmp_path / "b.otioz", root=inside)
    for url in ("../secret.mov", str(tmp_path / "secret.mov"), (tmp_path / "secret.mov").as_uri(), "link.mov"):
        assert finder.find(url) is None


@given(st.text(max_size=60))
def test_no_address_is_an_accident(url: str) -> None:
    finder = MediaFinder(Path("cut.otio"))
    assert all("\0" not in reading for reading in path_readings(url))
    finder.find(url)
    file_name(url)
