"""The talk with a guest: bytes in, what was said out, however they are cut and whatever they are."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from talkies.core.engines.guests.talk import (
    Advanced,
    Answered,
    Block,
    Ended,
    Garbled,
    Noted,
    Refused,
    Said,
    Talk,
)


def said(*lines: object, asked: int = 1) -> list[Said]:
    talk = Talk()
    for _ in range(asked):
        talk.ask("job", {})
    data = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    return list(talk.receive(data))


def test_a_question_is_a_line_with_an_id_of_its_own() -> None:
    talk = Talk()
    first, second = json.loads(talk.ask("load", {"device": "cpu"})), json.loads(talk.ask("job", {"seed": 3}))
    assert first["method"] == "load" and first["params"] == {"device": "cpu"} and first["id"] != second["id"]
    assert json.loads(talk.cancel())["params"] == {"id": second["id"]}
    assert json.loads(talk.quit())["method"] == "quit"


def test_what_it_may_say() -> None:
    assert said(
        {"id": 1, "event": "progress", "fraction": 0.25},
        {"id": 1, "event": "note", "message": "read\nfast"},
        {"id": 1, "event": "block", "file": "a.wav"},
        {"id": 1, "event": "result", "result": {"weights": "ab"}},
    ) == [Advanced(0.25), Noted("read fast"), Block("a.wav"), Answered({"weights": "ab"})]
    assert said({"id": 1, "event": "error", "error": {"message": "no\n such  voice"}}) == [Refused("no such voice")]


def test_what_was_given_up_is_not_heard() -> None:
    assert said({"id": 1, "event": "result", "result": {}}, {"id": 2, "event": "block", "file": "b"}, asked=2) == [
        Block("b")
    ]


def test_what_means_nothing_is_named() -> None:
    for line in (
        b"Loading model\n",
        {"event": "progress", "fraction": 0.5},
        {"id": 1, "event": "progress", "fraction": "half"},
        b'{"id": 1, "event": "progress", "fraction": NaN}\n',
        b'{"id": 1, "event": "progress", "fraction": ' + b"9" * 320 + b"}\n",
        {"id": 1, "event": "block", "file": 3},
        {"id": 1, "event": "result"},
        {"id": 1, "event": "error", "error": "no"},
        {"id": 1, "event": "what"},
    ):
        [found] = said(line)
        assert isinstance(found, Garbled) and "\n" not in found.problem
    [loading] = said(b"Loading model\n")
    assert isinstance(loading, Garbled) and "'Loading model'" in loading.problem


def test_its_end_is_heard_once() -> None:
    talk = Talk()
    talk.ask("job", {})
    assert list(talk.receive(b'{"id": 1, "event": "progress", "fraction": 1}\n')) == [Advanced(1.0)]
    assert list(talk.receive(b"")) == [Ended()]


@given(st.binary(max_size=300), st.integers(0, 300))
def test_any_bytes_are_heard_the_same_however_they_are_cut(data: bytes, cut: int) -> None:
    whole, pieces = Talk(), Talk()
    for talk in (whole, pieces):
        talk.ask("job", {})
    once = list(whole.receive(data + b"\n"))
    assert [*pieces.receive(data[:cut] or b"\n"), *pieces.receive(data[cut:] + b"\n")] == once
