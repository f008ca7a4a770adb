"""Films of a drawn woman who speaks, as another decoder finds them; what they say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from drawn_rig import drawn_mesh, drawn_rig
from portraits import drawn_woman
from signed import needs_c2pa
from sung_sounds import HELD, spans_of, sung, written

from talkies.core.arrays import Image
from talkies.core.credentials.manifest import WITH_TRAINED
from talkies.core.errors import ArgumentError, CancelledError, MediaError
from talkies.core.events import Progress
from talkies.core.media.sound import read_sound
from talkies.core.portrait import making
from talkies.core.portrait.consent import Consent
from talkies.core.portrait.film import PortraitFilm, sound_duration
from talkies.core.portrait.hearing import hear
from talkies.core.portrait.making import PortraitRequest, make_portrait, origin
from talkies.core.portrait.mesh import Mesh
from talkies.core.portrait.performance import performance
from talkies.core.portrait.still import read_still

FRAMES = 24
LONG = Fraction(FRAMES, 25)
CONSENT = Consent("her daughter", "2026-11-30")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    note = (replace(HELD[0], start=0.2, end=0.8),)
    return written(tmp_path_factory.mktemp("sound") / "a.wav", sung(note, float(LONG)))


@pytest.fixture
def film(sound: Path) -> PortraitFilm:
    acted = performance(hear(sound, LONG), spans_of((replace(HELD[0], start=0.2, end=0.8),)), Fraction(25))
    return PortraitFilm(drawn_rig(), acted, sound, Fraction(25))


@pytest.fixture
def request_for(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PortraitRequest]:
    """Of the drawn woman, whose face needs no network to be found."""

    def found(image: Image, still: Path, number: int) -> Mesh:
        return drawn_mesh()

    monkeypatch.setattr(making, "find_face", found)
    monkeypatch.setattr(making, "read_still", lambda path: drawn_woman())

    def request(**given: object) -> PortraitRequest:
        asked = PortraitRequest(Path("aunt.png"), sound, tmp_path / "film.mp4", CONSENT, "sha256:aa", signs=False)
        return replace(asked, **given)  # type: ignore[arg-type]

    return request


@pytest.mark.parametrize(
    ("name", "codec", "sound_codec"), [("film.mp4", "h264", "aac"), ("film.mov", "prores", "pcm_s24le")]
)
def test_a_film_has_every_frame_and_the_sound(
    film: PortraitFilm, sound: Path, tmp_path: Path, name: str, codec: str, sound_codec: str
) -> None:
    done: list[int] = []
    film.write(tmp_path / name, done.append)
    with av.open(str(tmp_path / name)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == (codec, sound_codec)
        assert (video.width, video.height, video.average_rate) == (512, 512, 25)
        assert sum(1 for _ in container.decode(video)) == FRAMES == len(film.performance)
        assert "no recording of this person" in container.metadata["comment"]
    assert done == list(range(1, FRAMES + 1))
    heard, given = read_sound(tmp_path / name)[0], read_sound(sound)[0]
    assert np.corrcoef(heard[: len(given)], given)[0, 1] > 0.95
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_an_interrupted_film_leaves_nothing(film: PortraitFilm, tmp_path: Path) -> None:
    def stop(done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film.write(tmp_path / "film.mp4", stop)
    assert list(tmp_path.iterdir()) == []


def test_other_kinds_of_film_are_refused(film: PortraitFilm, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"--output: 'film.avi' is no kind of film; name a .mp4 .* or a .mov"):
        film.write(tmp_path / "film.avi")


def test_the_duration_of_a_sound_is_exact(sound: Path, tmp_path: Path) -> None:
    assert sound_duration(sound) == LONG
    with pytest.raises(MediaError, match=r"holds no sound|its sound cannot be decoded"):
        sound_duration(written(tmp_path / "empty.wav", np.zeros(0)))


def test_a_still_is_read_with_even_sides(tmp_path: Path) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "odd.png"), drawn_woman()[:301, :203])
    assert read_still(tmp_path / "odd.png").shape == (300, 202, 3)
    with pytest.raises(MediaError, match="picture cannot be read"):
        read_still(Path(__file__))


def test_a_film_without_a_credential_says_so(request_for: Callable[..., PortraitRequest]) -> None:
    frames, notes = make_portrait(request_for())
    assert (frames, notes) == (FRAMES, ("the film carries no credential that says it was made from a still",))


def test_a_take_without_a_mark_is_told_of(request_for: Callable[..., PortraitRequest]) -> None:
    _, unmarked = make_portrait(request_for(facts={"engine": "mini"}))
    _, marked = make_portrait(request_for(facts={"engine": "mini", "mark": 18}))
    assert unmarked[1:] == ("a.wav: its sound was made without a mark, so the film's has none",)
    assert marked[1:] == ()


def test_cancelled_on_the_way(request_for: Callable[..., PortraitRequest]) -> None:
    def watch(progress: Progress) -> None:
        if progress.fraction > 0.5:
            raise CancelledError("the film", "was cancelled")

    asked = request_for()
    with pytest.raises(CancelledError):
        make_portrait(asked, watch)
    assert list(asked.out.parent.iterdir()) == []


def test_what_the_credential_says(request_for: Callable[..., PortraitRequest]) -> None:
    said = origin(request_for(facts={"engine": "mini", "seed": 3, "phonemes": "0.1 a 0.2"}))
    assert said.source_type == WITH_TRAINED
    assert said.recipe["consent"] == {"by": "her daughter", "on": "2026-11-30"}
    assert said.recipe["still"] == {"name": "aunt.png", "hash": "sha256:aa"}
    assert said.recipe["sound"] == {"name": "a.wav", "take": {"engine": "mini", "seed": 3}}
    assert [(each.name, each.identity) for each in said.films] == [("aunt.png", "sha256:aa")]


@needs_c2pa
def test_a_signed_film_names_still_and_consent(request_for: Callable[..., PortraitRequest]) -> None:
    from talkies.core.credentials.authority import trusted
    from talkies.core.credentials.reading import CredentialReader

    asked = request_for(signs=True)
    assert make_portrait(asked) == (FRAMES, ())
    with CredentialReader(trusted()) as reader:
        credential = reader.read(asked.out)
    assert (credential.status, credential.source_type) == ("ours", WITH_TRAINED)
    assert credential.recipe["consent"]["by"] == "her daughter"
    assert credential.films == (("aunt.png", "sha256:aa"),)
