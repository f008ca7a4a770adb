"""Backgrounds of a whole run: a track of their own, never black, one bed for each place, as loud as they are."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
from engines import load_tones
from films import write_movie, write_reel

from talkies.core.arrays import Samples
from talkies.core.backgrounds.bed import Bed, Place
from talkies.core.backgrounds.bed_track import BedTrack, Shown
from talkies.core.backgrounds.words import read_words
from talkies.core.errors import InputError
from talkies.core.events import Failed, Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request, Task
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange, to_sample
from talkies.core.turnover.from_timeline import takes_in

RATE = 48_000


def write_blue(path: Path, seconds: int = 3) -> Path:
    """Another place: a dark blue picture with a bright edge."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        image = np.full((48, 64, 3), (20, 30, 120), np.uint8)
        image[:, :8] = (220, 220, 160)
        for _ in range(25 * seconds):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    """Two shots in a grey room, one elsewhere, one in the room again: 1 s each."""
    write_movie(tmp_path / "grey.mp4", 3)
    write_blue(tmp_path / "blue.mp4")
    return write_reel(tmp_path / "reel.otio", ["grey.mp4", "grey.mp4", "blue.mp4", "grey.mp4"], start=20)


def made(reel: Path, name: str = "out.otio", task: Task = "foley", **options: object) -> list[Take]:
    request = Request(reel, reel.with_name(name), task=task, **options)  # type: ignore[arg-type]
    done = list(render(request, load_engine=load_tones))[-1]
    assert isinstance(done, Finished)
    return list(done.takes)


def beds(takes: list[Take]) -> list[Take]:
    return [take for take in takes if take.stem == "BG"]


def shown(take: Take) -> Samples:
    """What a take's clip plays: its file without the handles."""
    first = to_sample(take.record.start, RATE) - to_sample(take.file_range.start, RATE)
    return read_sound(take.path, RATE, mono=False)[:, first : first + take.record.samples(RATE)[1]]


@pytest.mark.parametrize(
    ("task", "background", "stems"),
    [
        ("both", "", {"FX", "BG"}),
        ("foley", "auto", {"FX", "BG"}),
        ("foley", "off", {"FX"}),
        ("joint", "", {"MIX"}),
        ("joint", "street", {"MIX", "BG"}),
        ("background", "", {"BG"}),
    ],
)
def test_who_gets_one(reel: Path, task: Task, background: str, stems: set[str]) -> None:
    assert {take.stem for take in made(reel, task=task, background=background)} == stems


def test_the_joins_of_one_place_are_those_of_one_bed(reel: Path) -> None:
    """The first two takes, end to end, are the bed of their place made in one go; to the step of 24 bits."""
    takes = beds(made(reel, seed=4))
    place = Place("V1-001 shot 1")
    whole = BedTrack([Shown(TimeRange(Fraction(0), Fraction(9)), place)], lambda there: Bed(there, read_words(""), 4))
    expected = np.concatenate(list(whole.blocks(TimeRange(Fraction(0), Fraction(3, 2)))), axis=1)
    played = np.concatenate([shown(takes[0]), shown(takes[1])], axis=1)[:, : 3 * RATE // 2]
    faded = RATE // 10  # the film begins at timecode 0, before which there is no handle for the fade
    assert np.abs(played - expected)[:, faded:].max() <= 2.0**-23


def test_handles_hold_what_the_neighbour_plays(reel: Path) -> None:
    """So a cut that is moved within them is heard nowhere, not even where the place changes."""
    takes = beds(made(reel))
    assert [take.head_handle for take in takes] == [0, *[1] * (len(takes) - 1)], "none before timecode 0"
    assert all(take.tail_handle == 1 for take in takes)
    for one, next_one in pairwise(takes):
        tail = read_sound(one.path, RATE, mono=False)[:, -RATE:]
        assert np.array_equal(tail[:, :-100], shown(next_one)[:, :-100])


def test_without_handles_no_cut_is_faded(reel: Path) -> None:
    with_handles, without = (beds(made(reel, f"{n}.otio", handles=Fraction(n))) for n in (1, 0))
    for one, other in zip(with_handles[1:-1], without[1:-1], strict=True):
        assert np.array_equal(shown(one), shown(other))


def test_effects_and_backgrounds_are_never_black_together(reel: Path) -> None:
    """Nowhere is a sample of the sum of both channels nothing for longer than a fade; effects alone are, for long."""
    takes = made(reel)
    sums = {stem: np.zeros((2, 4 * RATE)) for stem in ("FX", "BG")}
    for take in takes:
        first, count = take.record.samples(RATE)
        sums[take.stem][:, first : first + count] += shown(take)
    black = {name: longest_black(sound) for name, sound in {**sums, "all": sums["FX"] + sums["BG"]}.items()}
    assert black["FX"] > RATE // 10
    assert black["all"] <= 3


def longest_black(sound: np.ndarray) -> int:
    runs = ((value, len(list(run))) for value, run in groupby((sound == 0).all(axis=0).tolist()))
    return max((length for value, length in runs if value), default=0)


def test_made_again_they_are_the_same_bytes_alone_too(reel: Path) -> None:
    first = beds(made(reel, "a.otio"))
    again = beds(made(reel, "b.otio"))
    (alone,) = made(reel, "c.otio", "background", segments=("V1-003",))
    assert [read_sound(take.path).tobytes() for take in first] == [read_sound(take.path).tobytes() for take in again]
    assert np.array_equal(read_sound(alone.path), read_sound(first[2].path))
    other = beds(made(reel, "d.otio", seed=1))
    assert not np.array_equal(shown(other[0]), shown(first[0]))


def test_no_preset_makes_them_louder(reel: Path) -> None:
    """A room tone at -23 LUFS would be a waterfall."""
    levels = []
    for name in ("none", "ebu-r128", "web"):
        takes = beds(made(reel, f"{name}.otio", loudness=name))
        levels.append([float(10 * np.log10(np.mean(np.square(shown(take))))) for take in takes])
        assert all(-60 <= level <= -50 for level in levels[-1])
        assert all(take.levels and take.levels.gain_db == 0 for take in takes)
    assert levels[0] == levels[1] == levels[2]


def test_they_lie_on_one_stereo_track_and_are_read_back(reel: Path) -> None:
    takes = beds(made(reel, prompt="wood"))
    written = otio.adapters.read_from_file(str(reel.with_name("out.otio")))
    track = next(track for track in written.tracks if track.name == "BG talkies")
    assert track.metadata["Resolve_OTIO"]["Audio Type"] == "Stereo"
    stated = next(iter(track.find_clips())).metadata["talkies"]
    assert {name: stated[name] for name in ("stem", "task", "source", "air", "prompt", "channels", "seed")} == {
        "stem": "BG", "task": "background", "source": "rules", "air": "indoors", "prompt": "", "channels": 2, "seed": 0,
    }  # fmt: skip
    back = [take for take in takes_in(read_timeline(reel.with_name("out.otio"))) if take.stem == "BG"]
    assert [(take.record, take.channels) for take in back] == [(take.record, 2) for take in takes]


def test_words_are_told_once_when_nobody_knows_them(reel: Path) -> None:
    request = Request(reel, reel.with_name("out.otio"), task="background", background="kitchen, zzz")
    events = list(render(request, load_engine=load_tones))
    done = events[-1]
    assert isinstance(done, Finished)
    assert sum("zzz" in sentence for sentence in done.report["warnings"]) == 1


def test_a_shot_whose_movie_is_gone_gets_its_neighbours_bed(tmp_path: Path) -> None:
    write_movie(tmp_path / "grey.mp4", 3)
    reel = write_reel(tmp_path / "reel.otio", ["grey.mp4", "gone.mp4"])
    events = list(render(Request(reel, tmp_path / "out.otio", task="foley"), load_engine=load_tones))
    assert [(event.segment_id, event.stem) for event in events if isinstance(event, Failed)] == [("V1-002", "FX")]
    done = events[-1]
    assert isinstance(done, Finished)
    assert [take.segment_id for take in done.takes if take.stem == "BG"] == ["V1-001", "V1-002"]
    assert len({take.metadata["place"] for take in done.takes if take.stem == "BG"}) == 1


def test_where_no_picture_says_anything_there_is_none(tmp_path: Path) -> None:
    reel = write_reel(tmp_path / "reel.otio", ["gone.mp4"])
    with pytest.raises(InputError, match="V1-001"):
        list(render(Request(reel, tmp_path / "out.otio", task="background"), load_engine=load_tones))
