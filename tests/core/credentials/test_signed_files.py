"""A signed file is the file that it was, says what made it, and tells of every bit that is not as it was."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from films import write_movie
from signed import FILM, MIDNIGHT_AND_AN_HOUR, chunks, needs_c2pa, noise, sign

from talkies.core.credentials.authority import create, trusted
from talkies.core.credentials.reading import Credential, CredentialReader
from talkies.core.credentials.waves import TooLargeError, has_credential
from talkies.core.errors import MediaError
from talkies.core.media.wav.bwf import read_bext

pytestmark = needs_c2pa


def read(path: Path, authorities: str | None = None) -> Credential:
    with CredentialReader(trusted() if authorities is None else authorities) as reader:
        return reader.read(path)


@pytest.mark.parametrize(
    ("seconds", "channels"), [(1.0, 1), (1.0, 2), (48001 / 48000, 1)], ids=["mono", "stereo", "odd"]
)
def test_every_chunk_is_as_it_was_and_one_stands_behind(seconds: float, channels: int, tmp_path: Path) -> None:
    path = noise(tmp_path / "FX_t01.wav", seconds, channels)
    before = chunks(path)
    after = chunks(sign(path))
    assert [*after] == [*before, b"C2PA"]
    assert {name: after[name] for name in before} == before
    assert len(after[b"C2PA"]) < 6000
    assert read_bext(path).time_reference == MIDNIGHT_AND_AN_HOUR


def test_it_says_what_made_it_of_what(tmp_path: Path) -> None:
    found = read(sign(noise(tmp_path / "FX_t01.wav"), prompt="Glas & Türe"))
    assert (found.status, found.source_type) == ("ours", "trainedAlgorithmicMedia")
    assert found.films == ((FILM.name, FILM.identity),)
    assert found.recipe["prompt"] == "Glas & Türe"
    assert found.recipe["gains_db"] == [1.5, -2.0]
    assert found.signer.startswith("talkies on one computer")


def test_another_program_reads_it(tmp_path: Path) -> None:
    """The library's own reader, without any of our settings."""
    import c2pa

    path = sign(noise(tmp_path / "FX_t01.wav"))
    with c2pa.Reader(str(path)) as reader:
        report = json.loads(reader.json())
    (manifest,) = report["manifests"].values()
    assert report["validation_state"] == "Valid"  # and untrusted: it knows nobody here
    assert manifest["title"] == "FX_t01.wav"
    assert manifest["claim_generator_info"][0]["name"] == "talkies"
    (action,) = next(each for each in manifest["assertions"] if each["label"] == "c2pa.actions.v2")["data"]["actions"]
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"].endswith("/digitalsourcetype/trainedAlgorithmicMedia")


def flipped(path: Path, place: int, bit: int) -> Path:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    other = path.with_name(f"flipped{path.suffix}")
    other.write_bytes(data)
    return other


@pytest.mark.parametrize("name", ["take.wav", "film.mov", "film.mp4"])
def test_a_flipped_bit_is_found_wherever_it_is(name: str, tmp_path: Path) -> None:
    """In sound and picture, in the headers and in the credential itself; tests/benchmarks/flips.py tries a thousand."""
    path = tmp_path / name
    if path.suffix == ".wav":
        noise(path, 0.1)
    else:
        write_movie(path, 1)
    plain = path.stat().st_size
    size = sign(path).stat().st_size
    credential = range(plain, size) if path.suffix == ".wav" else range(size - plain)
    rng = np.random.default_rng(1)
    places = [*rng.integers(0, size, 60), *rng.choice(credential, 60, replace=False), *range(24)]
    with CredentialReader(trusted()) as reader:
        assert reader.read(path).status == "ours"
        found = {int(place): _status(reader, flipped(path, int(place), int(rng.integers(8)))) for place in places}
    assert [place for place, status in found.items() if status not in ("altered", "unreadable")] == []


def _status(reader: CredentialReader, path: Path) -> str:
    try:
        return reader.read(path).status
    except MediaError:
        return "unreadable"


def test_one_that_somebody_else_signed_is_valid_and_untrusted(tmp_path: Path) -> None:
    path = sign(noise(tmp_path / "take.wav"))
    assert read(path, "").status == "untrusted"


def test_what_an_earlier_certificate_signed_stays_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "own"))
    path = sign(noise(tmp_path / "take.wav"))
    create("The house")
    later = sign(noise(tmp_path / "later.wav"))
    assert [read(each).status for each in (path, later)] == ["ours", "ours"]
    assert read(later).signer.startswith("The house (")


def test_signed_again_it_has_one_credential_that_holds(tmp_path: Path) -> None:
    path = sign(sign(noise(tmp_path / "take.wav")), seed=9)
    assert path.read_bytes().count(b"C2PA") == 1
    assert read(path).recipe["seed"] == 9


def test_without_one_there_is_none(tmp_path: Path) -> None:
    assert read(noise(tmp_path / "take.wav")).status == "absent"
    write_movie(tmp_path / "film.mp4", 1)
    assert read(tmp_path / "film.mp4").status == "absent"


def test_a_file_cut_short_is_altered(tmp_path: Path) -> None:
    path = sign(noise(tmp_path / "take.wav"))
    path.write_bytes(path.read_bytes()[:-500])
    assert read(path).status == "altered"


def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "note.wav").write_text("no sound", encoding="utf-8")
    with pytest.raises(MediaError, match="cannot be read as a WAV file"):
        read(tmp_path / "note.wav")


def test_a_credential_beyond_all_measure_is_not_read(tmp_path: Path) -> None:
    path = noise(tmp_path / "take.wav")
    length = 20 << 20
    data = path.read_bytes() + b"C2PA" + length.to_bytes(4, "little") + bytes(length)
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    found = read(path)
    assert (found.status, found.problem) == ("altered", "its credential is too large to be one")


def test_more_than_four_gigabytes_are_refused_and_left_as_they_were(tmp_path: Path) -> None:
    """A file of holes; RF64 has no credential."""
    path = noise(tmp_path / "long.wav")
    with path.open("r+b") as file:
        file.truncate((1 << 32) - 2000)
    with pytest.raises(TooLargeError, match="larger than 4 GB"):
        sign(path)
    with path.open("r+b") as file:
        file.truncate(4000)
        file.write(b"RF64")
    with pytest.raises(TooLargeError, match="RF64"):
        sign(path)
    assert not has_credential(path)


def test_ffmpeg_decodes_the_same_samples(tmp_path: Path) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    path = noise(tmp_path / "take.wav")

    def decoded() -> bytes:
        command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s24le", "-"]
        done = subprocess.run(command, capture_output=True, check=True)
        assert done.stderr == b""
        return done.stdout

    before = decoded()
    sign(path)
    assert decoded() == before
