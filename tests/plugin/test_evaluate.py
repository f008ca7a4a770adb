"""The command: its arguments, what it prints, and the card it writes into."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engines import load_tones

from talkies.plugin.cli import main
from talkies.plugin.commands.evaluate import duration, with_time_left


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """One effect in a table; tones have no codec, so nobody listens to it."""
    (tmp_path / "data" / "foley").mkdir(parents=True)
    (tmp_path / "data" / "foley" / "tags.csv").write_text("file|tags\nhit.wav|impact\n", encoding="utf-8")
    return tmp_path / "data"


def run(*arguments: object) -> int:
    return main(["evaluate", *map(str, arguments)], load_engine=load_tones)


def test_one_part_into_the_card(material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = tmp_path / "CARD.md"
    card.write_text("<!-- figures -->\n<!-- end of figures -->\n", encoding="utf-8")
    assert run(material, "--engine", "tones", "--only", "codec", "--card", card, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["codec"] is None
    assert figures["engine"]["name"] == "tones"
    assert [row["met"] for row in figures["targets"]] == [None] * len(figures["targets"])
    assert "| codec | STOI of speech | at least 0.96 | – | – | not measured |" in card.read_text(encoding="utf-8")


def test_several_weights_are_compared(material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("joint", "sound"):
        (tmp_path / name).write_bytes(b"")
    code = main(
        ["evaluate", str(material), "--engine", "tones", "--only", "codec", "--json", "--out", str(tmp_path / "out"),
         "--weights", str(tmp_path / "joint"), "--against", str(tmp_path / "sound")],
        load_engine=lambda name, weights, device: load_tones(name, None, device),
    )  # fmt: skip
    assert code == 0
    comparison = json.loads(capsys.readouterr().out)
    assert list(comparison["models"]) == ["joint", "sound"]
    assert comparison["rows"] == []
    assert (tmp_path / "out" / "joint" / "parts" / "codec.json").is_file()
    assert json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8")) == comparison


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--only", "codec,colour"], "unknown part 'colour'; use some of codec, dialogue"),
        (["--only", "codec", "--card", "none.md"], "none.md: cannot be read as a model card"),
    ],
)
def test_wrong_arguments(material: Path, options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(material, "--engine", "tones", *options) == 2
    assert sentence in capsys.readouterr().err


def test_a_timeline_has_no_place_in_a_card(reel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = reel.with_name("card.md")
    card.write_text("<!-- figures --><!-- end of figures -->", encoding="utf-8")
    assert run(reel, "--card", card) == 2
    assert "--against and --card: need a folder of held-out material" in capsys.readouterr().err


def test_the_time_left_is_told_when_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    told: list[str] = []
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    show = with_time_left(lambda share, message: told.append(message))
    for seconds, share in ((1, 0.5), (100, 0.01), (60, 0.5), (60, 0.1), (600, 1.0)):
        now[0] = float(seconds)
        show(share, "work")
    assert told == ["work", "work", "work, 60 s left", "work, 9 min left", "work"]
    assert (duration(3), duration(89), duration(3600)) == ("10 s", "90 s", "60 min")
