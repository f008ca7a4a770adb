"""Bytes in, events out: the rules of core/hosts/conversation.py, and the same for however the bytes are cut."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talkies.core.hosts.conversation import Closed, Conversation, Event, Garbage, Received

PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine


def events_of(*pieces: bytes, longest: int = 1000) -> list[Event]:
    conversation = Conversation(longest)
    return [event for piece in pieces for event in conversation.receive(piece)]


def test_a_line_is_a_message_when_it_is_whole() -> None:
    assert events_of(b'{"id": 1, "meth') == []
    assert events_of(b'{"id": 1, "meth', b'od": "hello"}\n{"id"') == [Received({"id": 1, "method": "hello"})]
    assert events_of(b'{"a": 1}\r\n\n  \n{"b": 2}\n') == [Received({"a": 1}), Received({"b": 2})]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"good morning", "is not JSON"),
        (b'{"id": 1', "is not JSON"),
        (b"[1, 2]", "is not a JSON object"),
        (b"7", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b"[" * 900, "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"9" * 999, "is not a JSON object"),
        ("\u00a0{}".encode(), "is not JSON"),  # a space that JSON does not know
    ],
)
def test_garbage_is_an_event_and_the_next_line_is_read(line: bytes, problem: str) -> None:
    garbage, after = events_of(line + b'\n{"id": 2}\n')
    assert isinstance(garbage, Garbage)
    assert garbage.problem.startswith(problem)
    assert len(garbage.start) <= 60
    assert not garbage.endless
    assert after == Received({"id": 2})


def test_what_is_nested_too_deep_is_garbage_too() -> None:
    (garbage,) = events_of(b"[" * 200_000 + b"\n", longest=1 << 20)
    assert isinstance(garbage, Garbage)


def test_text_that_is_no_utf8_does_not_hide_a_message() -> None:
    assert events_of(b'{"name": "\xff"}\n') == [Received({"name": "\ufffd"})]


def test_a_line_without_end_is_told_once_and_not_kept() -> None:
    conversation = Conversation(longest=10)
    assert conversation.receive(b'{"a": 123}') == []  # as long as it may be
    (garbage,) = conversation.receive(b" ")
    assert garbage == Garbage('{"a": 123}', "is a line of more than 10 bytes", endless=True)
    for _ in range(1000):
        assert conversation.receive(b"x" * 1000) == []
    assert conversation.receive(b'x\n{"b": 4}\n') == [Received({"b": 4})]


def test_a_long_line_that_comes_whole_is_not_endless() -> None:
    assert events_of(b"x" * 11 + b"\n{}\n", longest=10) == [
        Garbage("x" * 11, "is a line of more than 10 bytes"),
        Received({}),
    ]


def test_the_end_ends_the_last_line_and_comes_once() -> None:
    conversation = Conversation()
    assert conversation.receive(b'{"a": 1}') == []
    assert conversation.receive(b"") == [Received({"a": 1}), Closed()]
    with pytest.raises(ValueError, match="is over"):
        conversation.receive(b"{}\n")


def test_a_conversation_that_ends_in_the_middle_of_a_line() -> None:
    garbage, closed = events_of(b'{"a": ', b"")
    assert isinstance(garbage, Garbage)
    assert closed == Closed()
    assert events_of(b"x" * 11, b"", longest=10)[1:] == [Closed()]


@PATIENT
@given(
    st.lists(
        st.dictionaries(st.text(max_size=8), st.text() | st.integers() | st.none(), max_size=4), min_size=1, max_size=6
    )
)
def test_what_is_sent_is_received(messages: list[dict[str, str | int | None]]) -> None:
    sent = b"".join(Conversation().send(message) for message in messages)
    assert sent.count(b"\n") == len(messages)
    assert events_of(sent, longest=1 << 20) == [Received(message) for message in messages]


@PATIENT
@given(
    st.lists(st.binary(max_size=30) | st.sampled_from([b"\n", b'{"a": 1}\n', b'{"b"', b": 2}\n"]), max_size=8),
    st.lists(st.integers(0, 300)),
)
def test_however_the_bytes_are_cut(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    cut = [data[start:end] for start, end in pairwise(places) if end > start]
    whole, parts = events_of(*([data] if data else []), b"", longest=20), events_of(*cut, b"", longest=20)
    assert [_without_length(event) for event in parts] == [_without_length(event) for event in whole]


def _without_length(event: Event) -> Event | str:
    """How a line that is too long begins depends on how much of it has come."""
    return "too long" if isinstance(event, Garbage) and "more than" in event.problem else event


def test_plain_data_is_made_of_what_json_does_not_know() -> None:
    assert json.loads(Conversation().send({"path": {1}}, default=sorted)) == {"path": [1]}
