"""The small copies inside Blender, where nothing of talkies can be imported, do as core does."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talkies.core.hosts import handshake as core
from talkies.core.hosts.conversation import LONGEST_LINE, Conversation, Received
from talkies.plugin.blender.extension import handshake
from talkies.plugin.blender.extension import lines as island

PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
PIECES = st.lists(
    st.binary(min_size=1, max_size=30)
    | st.sampled_from(
        [b"\n", b'{"a": 1}\n', b'{"b"', b": 2}\n", b"[1]\n", b"\xff{}\n", b"\xc2\x85{}\n", b" {}\t\n", b"x" * 25]
    ),
    max_size=10,
)


@PATIENT
@given(PIECES, st.booleans())
def test_lines_are_what_a_conversation_receives(pieces: list[bytes], ends: bool) -> None:
    conversation, lines = Conversation(longest=20), island.Lines(longest=20)
    for piece in [*pieces, *([b""] if ends else [])]:
        expected = [event.message for event in conversation.receive(piece) if isinstance(event, Received)]
        assert lines.receive(piece) == expected


def test_both_bound_a_line_alike_and_send_the_same() -> None:
    message = {"id": 1, "text": "ä\n"}
    assert island.LONGEST_LINE == LONGEST_LINE
    assert island.Lines().send(message) == Conversation().send(message)


def test_the_extension_introduces_itself_as_core_expects() -> None:
    assert handshake.hello() == core.hello_of("Blender extension")
    assert handshake.CLIENT in core.CURES
    assert core.greeting(handshake.hello()) == {"protocol": core.PROTOCOL, "version": version("talkies")}


@pytest.mark.parametrize("answer", [{"protocol": 2}, {"protocol": 3}, {"protocol": 1, "version": "0.0.9"}, {}, [], "2"])
def test_an_old_program_is_named_in_the_same_words(answer: Any) -> None:
    assert handshake.problem_with(answer) == core.problem_with(answer)
