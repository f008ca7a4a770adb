"""A run's folder, however the run ends: what is there afterwards, written down from decision 0019."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.errors import CancelledError, OutputError
from talkies.core.segment import Take
from talkies.core.takes.run_folder import RunFolder, run_folder
from talkies.core.times import TimeRange


def made_in(run: RunFolder, name: str = "FX_s1_t01", content: bytes = b"new") -> Take:
    """A take that is finished in the run's place."""
    path = run.staging / f"{name}.wav"
    path.write_bytes(content)
    return Take("s1", "FX", name, path, TimeRange(Fraction(0), Fraction(1)), 48_000)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_published_stays_when_the_run_ends(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.otio"
    with run_folder(out, 0, ()) as run:
        (take,) = run.publish([made_in(run)])
    assert take.path == out.parent / "out.takes" / "FX_s1_t01.wav"
    assert contents(tmp_path) == {"new/out.takes/FX_s1_t01.wav": b"new"}


def end_with(error: BaseException, out: Path, names: tuple[str, ...], *, publish: bool = False) -> None:
    """A run that makes takes with these names and then meets ``error``."""
    made: list[Take] = []
    with run_folder(out, 0, made) as run:
        made += [made_in(run, name) for name in names]
        if publish:
            run.publish(made)
        raise error


def test_an_error_restores_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    with pytest.raises(ValueError, match="no matter what"):
        end_with(ValueError("no matter what"), out, ("FX_s1_t01", "FX_s2_t01"), publish=True)
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"old"}


@pytest.mark.parametrize("stop", [CancelledError("reel", "was cancelled"), KeyboardInterrupt()])
def test_who_stops_the_run_keeps_its_takes(tmp_path: Path, stop: BaseException) -> None:
    with pytest.raises(type(stop)):
        end_with(stop, tmp_path / "out.otio", ("FX_s1_t01",))
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new"}


def test_who_stops_the_run_before_a_take_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path / "deep" / "er" / "out.otio", 0, ()):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_begin_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="MB free"), run_folder(tmp_path / "deep" / "out.otio", 1 << 80, ()):
        raise AssertionError("there is no such disk")
    (tmp_path / "out.takes").write_bytes(b"mine")
    with pytest.raises(OutputError, match="is a file"), run_folder(tmp_path / "out.otio", 0, ()):
        raise AssertionError("a file is in the way")
    assert contents(tmp_path) == {"out.takes": b"mine"}


def test_a_second_run_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        take = made_in(run)
        with pytest.raises(OutputError, match="another run"), run_folder(out, 0, ()):
            raise AssertionError("the place is taken")
        run.publish([take])
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new"}
