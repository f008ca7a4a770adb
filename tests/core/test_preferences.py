"""The user's configuration: what it changes, and what it says when it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkies.core.errors import InputError
from talkies.core.generation.request import Request
from talkies.core.preferences import Preferences, preferences_file, read_preferences
from talkies.core.timeline.media.urls import MediaFinder


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings" / "config.toml"
    path.parent.mkdir()
    monkeypatch.setenv("TALKIES_CONFIG", str(path))
    return path


def test_without_a_file_everything_is_as_shipped(config: Path) -> None:
    assert read_preferences() == Preferences(engine="mini", voice="", loudness="ebu-r128", media_dirs=())


def test_without_the_variable_it_lies_in_the_platforms_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALKIES_CONFIG")
    assert preferences_file().parts[-2:] == ("talkies", "config.toml")


def test_every_key_is_read_and_folders_count_from_the_file(config: Path) -> None:
    config.write_text(
        'engine = "vssflow"\nvoice = "clara"\nloudness = "a85"\nmedia-dirs = ["footage", "~/Movies", "/mnt/reels"]\n'
    )
    expected = (config.parent / "footage", Path("~/Movies").expanduser(), Path("/mnt/reels"))
    assert read_preferences() == Preferences("vssflow", "clara", "a85", expected)


def test_it_is_read_again_when_it_has_changed(config: Path) -> None:
    config.write_text('voice = "clara"\n')
    assert read_preferences().voice == "clara"
    config.write_text('voice = "magnus"\n')
    assert read_preferences().voice == "magnus"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("engine = mini", "is not TOML"),
        (
            'engin = "mini"',
            "has an unknown key 'engin'; use one of engine, voice, loudness, background, soundfont, "
            "credentials, media-dirs",
        ),
        ("voice = 3", "voice is 3; it must be text in quotes"),
        ('media-dirs = "footage"', "media-dirs is 'footage'; it must be a list of folders"),
        ("x = " + "[" * 5000, "is not TOML"),
        ("#" * 70_000, "is not a configuration of talkies"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_that_names_the_file(config: Path, text: str, said: str) -> None:
    config.write_text(text)
    with pytest.raises(InputError) as refused:
        read_preferences()
    assert str(refused.value).startswith(f"{config}: {said}")


def test_a_request_from_json_starts_from_it_and_says_otherwise_where_it_does(config: Path) -> None:
    config.write_text('voice = "clara"\nloudness = "a85"\n')
    request = Request.from_mapping({"timeline": "a.otio", "out": "b.otio", "loudness": "none"})
    assert (request.engine, request.voice, request.loudness) == ("mini", "clara", "none")


def test_media_is_found_in_the_configured_folders_after_the_named_one(config: Path, tmp_path: Path) -> None:
    named, standing = tmp_path / "named", tmp_path / "standing"
    for folder in (named, standing / "deep"):
        folder.mkdir(parents=True)
    for path in (named / "both.mov", standing / "deep" / "both.mov", standing / "deep" / "only.mov"):
        path.touch()
    config.write_text(f'media-dirs = ["{tmp_path / "unplugged"}", "{standing}"]\n')
    finder = MediaFinder(tmp_path / "reel.otio", named)
    assert finder.find("file:///Volumes/card/both.mov") == named / "both.mov"
    assert finder.find("file:///Volumes/card/only.mov") == standing / "deep" / "only.mov"


def test_whether_files_are_signed_is_on_or_off(config: Path) -> None:
    given = {"timeline": "a.otio", "out": "b.otio"}
    assert Request.from_mapping(given).credentials
    config.write_text('credentials = "off"\n')
    assert not Request.from_mapping(given).credentials
    config.write_text('credentials = "perhaps"\n')
    with pytest.raises(InputError, match="credentials is 'perhaps'"):
        read_preferences()
