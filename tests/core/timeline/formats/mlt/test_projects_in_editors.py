"""What Kdenlive 26.08.2 and Shotcut 26.9.27 were seen to want of a project, besides what MLT itself wants.

Kdenlive drops every clip whose medium its bin does not know, and MLT reads from top to bottom: what a project names
must stand before the place that names it. Shotcut takes a project without its mark for one long clip.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import numpy as np
import pytest
from films import write_movie, write_reel
from scipy.io import wavfile

from talkies.core.destinations import write_timeline
from talkies.core.segment import Take
from talkies.core.timeline.formats.mlt.terms import profile_name
from talkies.core.timeline.reading import read_timeline
from talkies.core.times import TimeRange


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Kdenlive project with two takes, made twice: from another kind of timeline, and by adding to a project."""
    write_movie(tmp_path / "film.mp4", 3)
    timeline = read_timeline(write_reel(tmp_path / "reel.otio", ["film.mp4", "film.mp4"]))
    wavfile.write(tmp_path / "take.wav", 48_000, np.zeros(96_000, np.int16))
    takes = [
        Take(shot.id, "FX", shot.clip, tmp_path / "take.wav", TimeRange(shot.record.start, shot.record.end), 48_000)
        for shot in timeline.segments
    ]
    write_timeline(timeline, takes, tmp_path / "first.kdenlive")
    write_timeline(read_timeline(tmp_path / "first.kdenlive"), takes, tmp_path / "second.kdenlive")
    return tmp_path / "second.kdenlive"


RATES = {Fraction(1000 * rate, 1001) for rate in (24, 30, 60)} | {Fraction(rate) for rate in (24, 25, 30, 50, 60)}
PROFILES = Path("/usr/share/mlt-7/profiles")
"""Where MLT keeps its own, one file each."""


def test_a_project_of_a_usual_size_and_rate_names_its_profile(tmp_path: Path) -> None:
    """``kdenlive --render`` goes by this name alone."""
    write_movie(tmp_path / "small.mp4", 1)
    for medium, rate, name in (("gone.mp4", 24, "atsc_1080p_24"), ("gone.mp4", 23.976, "atsc_1080p_2398")):
        assert named_profile(write_reel(tmp_path / "reel.otio", [medium], rate=rate)) == name
    assert named_profile(write_reel(tmp_path / "reel.otio", ["gone.mp4"], rate=12)) is None
    assert named_profile(write_reel(tmp_path / "reel.otio", ["small.mp4"])) is None


def root_of(project: Path) -> Element:
    root = defusedxml.ElementTree.parse(project).getroot()
    assert root is not None
    return root


def named_profile(reel: Path) -> str | None:
    write_timeline(read_timeline(reel), [], reel.with_suffix(".kdenlive"))
    root = root_of(reel.with_suffix(".kdenlive"))
    text: str | None = root.findtext("playlist/property[@name='kdenlive:docproperties.profile']")
    return text


@pytest.mark.skipif(not PROFILES.is_dir(), reason="MLT's profiles are not installed here (Debian: libmlt-data)")
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)])
def test_profiles_are_called_as_mlt_calls_them(size: tuple[int, int]) -> None:
    for rate in RATES:
        text = (PROFILES / str(profile_name(*size, rate))).read_text()
        said = dict(line.split("=") for line in text.splitlines() if "=" in line)
        assert (int(said["width"]), int(said["height"])) == size
        assert Fraction(int(said["frame_rate_num"]), int(said["frame_rate_den"])) == rate
        assert said["progressive"] == said["sample_aspect_num"] == said["sample_aspect_den"] == "1"
        assert said["colorspace"] == "709"


def test_everything_is_known_before_it_is_named(project: Path) -> None:
    known: set[str] = set()
    named = []
    for element in root_of(project):
        for inner in element.iter():
            if inner.tag in ("entry", "track"):
                named.append(inner.get("producer"))
                assert named[-1] in known, f"{named[-1]} is named in {element.get('id')} before it is there"
        known.add(element.get("id", ""))
    assert sum("talkies" in str(name) for name in named) >= 8  # two takes in bin and on track, both times


def test_the_bin_lists_every_clip_of_the_tracks(project: Path) -> None:
    root = root_of(project)
    listed = {entry.get("producer") for entry in root.findall("playlist[@id='main_bin']/entry")}
    used = {entry.get("producer") for playlist in root.findall("playlist") for entry in playlist.findall("entry")}
    assert used <= listed


def test_shotcut_opens_the_tracks(project: Path) -> None:
    timeline = read_timeline(project.with_name("reel.otio"))
    write_timeline(timeline, [], project.with_name("out.mlt"))
    main = root_of(project.with_name("out.mlt")).findall("tractor")[-1]
    assert main.findtext("property[@name='shotcut']") == "1"


def test_media_are_looked_into(project: Path) -> None:
    """avformat-novalidate is for projects that hold what Kdenlive found in a medium; ours do not."""
    root = root_of(project)
    services = {root.findtext(f"producer[@id='{each.get('id')}']/property[@name='mlt_service']") for each in root}
    assert services == {None, "avformat", "color"}
