"""Consent is asked once for each still, kept, and never taken for granted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from talkies.core.errors import ArgumentError
from talkies.core.portrait.consent import Consent, consent_for, consents_file

STILL, ONE, OTHER = Path("aunt.png"), "sha256:aa", "sha256:bb"


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))


def never(question: str) -> str:
    raise AssertionError(question)


def test_nobody_speaks_without_consent() -> None:
    with pytest.raises(
        ArgumentError, match=r"aunt.png: nobody has said who consented .*; say who allowed it: --consent"
    ):
        consent_for(STILL, ONE)
    with pytest.raises(ArgumentError, match="nobody has said who consented"):
        consent_for(STILL, ONE, ask=lambda question: "  \n")
    assert not consents_file().exists()


def test_it_is_asked_once_for_each_still() -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "her  daughter,\nby letter\n"

    given = consent_for(STILL, ONE, ask=answer)
    assert given.by == "her daughter, by letter" and len(given.on) == len("2026-11-30")
    assert consent_for(Path("moved.png"), ONE, ask=never) == given
    assert asked == ["Who allowed that the person in aunt.png speaks in a film, and how?"]
    with pytest.raises(ArgumentError):
        consent_for(STILL, OTHER)


def test_what_is_stated_anew_holds() -> None:
    consent_for(STILL, ONE, "the archive")
    assert consent_for(STILL, ONE, "herself").by == "herself"
    assert consent_for(STILL, ONE).by == "herself"


def test_too_many_words() -> None:
    with pytest.raises(ArgumentError, match="--consent: has 301 letters, 300 are the most"):
        consent_for(STILL, ONE, "a" * 301)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        '{"sha256:aa": 3}',
        '{"sha256:aa": {"by": 1, "on": "x"}}',
        "[" * 100_000,
        '{"sha256:aa": {"by": ""}}',
    ],
)
def test_a_damaged_file_is_no_consent(content: str) -> None:
    consents_file().write_text(content)
    with pytest.raises(ArgumentError):
        consent_for(STILL, ONE)
    assert consent_for(STILL, ONE, "her son") == Consent("her son", consent_for(STILL, ONE).on)
    assert json.loads(consents_file().read_bytes())[ONE]["by"] == "her son"
