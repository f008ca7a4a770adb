"""Who fits together: what is refused, what is warned of, and by whom; each in one sentence with its cure."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from talkies.core.errors import ArgumentError
from talkies.core.hosts import handshake
from talkies.core.hosts.handshake import greeting, hello_of, outdated, problem_with

OURS = version("talkies")
INSTALL = "run 'talkies blender install' and start Blender again"


def test_the_same_talkies_on_both_sides_has_nothing_to_say() -> None:
    answer = greeting(hello_of("panel"))
    assert answer == {"protocol": 2, "version": OURS}
    assert problem_with(answer) == ""


def test_a_script_that_says_nothing_of_itself_is_answered_as_ever() -> None:
    assert greeting({}) == {"protocol": 2, "version": OURS}


def test_an_old_extension_beside_a_new_program_is_named_with_its_cure() -> None:
    hello = {"client": "Blender extension", "protocol": 1, "version": "0.0.9"}
    assert greeting(hello)["warning"] == (
        f"Blender extension: is of talkies 0.0.9, and the program is {OURS}; {INSTALL}"
    )


@pytest.mark.parametrize("protocol", [0, -1, None, "2", True, 1.5])
def test_a_protocol_that_was_given_up_is_refused(protocol: Any) -> None:
    with pytest.raises(ArgumentError) as refused:
        greeting({"client": "Blender extension", "protocol": protocol, "version": "0.0.1"})
    assert str(refused.value) == f"Blender extension: is too old for talkies {OURS}; {INSTALL}"


def test_a_newer_client_is_left_to_say_it_itself() -> None:
    assert "warning" not in greeting({"client": "panel", "protocol": 3, "version": "9.0"})


@pytest.mark.parametrize("answer", [{"protocol": 1, "version": "0.0.9"}, {"version": "0.0.9"}, {"protocol": "2"}])
def test_an_old_program_is_named_by_its_client(answer: dict[str, Any]) -> None:
    sentence = problem_with(answer)
    assert sentence.startswith(f"talkies {answer['version']}: " if "version" in answer else "talkies unknown: ")
    assert sentence.endswith(f"is older than what asks it ({OURS}); update it: pip install --upgrade talkies")


def test_nonsense_is_one_short_sentence() -> None:
    hello = {"client": "many\nlines " * 99, "protocol": 1, "version": ["a"] * 999}
    warning = greeting(hello)["warning"]
    assert "\n" not in warning
    assert len(warning) < 300


def test_an_editor_with_a_copy_of_its_own_is_compared() -> None:
    assert outdated("Blender 5.0.1", OURS) == ""
    assert outdated("DaVinci Resolve 21", None) == ""
    assert outdated("Blender 5.0.1", "0.0.9") == (
        f"Blender 5.0.1: its extension is of talkies 0.0.9, and the program is {OURS}; {INSTALL}"
    )
    assert "is of an older talkies, and" in outdated("Blender 4.2", None)


def test_another_program_of_that_version_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs one after the other: the worker of the newer one, asked by the older one's panel."""
    said = hello_of("panel")
    monkeypatch.setattr(handshake, "our_version", lambda: "9.9")
    assert greeting(said)["warning"] == (
        f"panel: is of talkies {OURS}, and the program is 9.9; close the panel and open it again"
    )
