"""The report of a run: floats for people, exact text and tracks for whoever places the takes."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from talkies.core.generation.request import Request
from talkies.core.generation.run_report import describe_take, summarize
from talkies.core.segment import Levels, StemName, Take, Timeline
from talkies.core.times import TimeRange

NTSC = Fraction(24000, 1001)
TIMELINE = Timeline(Path("cut.otio"), "cut", NTSC, Fraction(3600 * 1001, 1000), Fraction(10), ())


def take(name: str, stem: StemName, first: int, last: int, number: int = 1, speaker: str = "") -> Take:
    record = TimeRange(first / NTSC, last / NTSC)
    path = Path(f"takes/{name}.wav")
    return Take("V1-001", stem, name, path, record, 48_000, Fraction(1, 3), number=number, speaker=speaker)


def test_times_are_exact_beside_the_floats() -> None:
    row = describe_take(take("FX_a", "FX", 1, 48), TIMELINE)
    assert row["exact"] == {
        "record_in": "1001/24000",
        "record_out": "1001/500",
        "head_handle": "1/3",
        "tail_handle": "0",
    }
    assert (row["record_in_s"], row["record_out_s"], row["head_handle_s"]) == (1001 / 24000, 2.002, 1 / 3)
    assert (row["record_in"], row["record_out"]) == ("01:00:00:01", "01:00:02:00")


def test_tracks_say_where_each_take_goes() -> None:
    takes = [
        take("FX_1", "FX", 0, 24),
        take("FX_2", "FX", 24, 48),
        take("FX_over", "FX", 20, 30),
        take("DX_bo", "DX", 0, 24, speaker="Bo"),
        take("FX_again", "FX", 0, 24, number=2),
    ]
    report = summarize(Request(Path("cut.otio"), Path("out.otio")), TIMELINE, takes, [], [], {"total": 1.0})
    rows = [(each["name"], each["speaker"], each["enabled"], each["takes"]) for each in report["tracks"]]
    assert rows == [
        ("DX talkies", "Bo", True, ["DX_bo"]),
        ("FX talkies", "", True, ["FX_1", "FX_2"]),
        ("FX talkies 2", "", True, ["FX_over"]),
        ("FX talkies 3", "", False, ["FX_again"]),
    ]
    assert json.loads(json.dumps(report)) == report


def test_metadata_keeps_what_scripts_read_there() -> None:
    spoken = Take(
        "V1-001", "DX", "DX_a", Path("DX_a.wav"), TimeRange(Fraction(0), Fraction(1)), 48_000, channels=1,
        speaker="ANNA", voice="low", levels=Levels(1.5, -23.0, -9.0), metadata={"seed": 3},
    )  # fmt: skip
    assert describe_take(spoken, TIMELINE)["metadata"] == {
        "seed": 3, "voice": "low", "speaker": "ANNA", "channels": 1, "gain_db": 1.5, "loudness_lufs": -23.0,
        "true_peak_dbtp": -9.0,
    }  # fmt: skip
