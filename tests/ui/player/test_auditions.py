"""What is meant is what is played: shots that were chosen last, a take, a comparison, a cut with its surroundings."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from pytestqt.qtbot import QtBot

from talkies.ui.player.auditions import PRE_ROLL, Auditions
from talkies.ui.player.player import Player
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.work.document import Document


@pytest.fixture
def player(generated: Document) -> Iterator[Player]:
    """Two shots of one second each; it hears what it is told to hear, block by block."""
    player = Player(generated)
    yield player
    player.close()


@pytest.fixture
def auditions(generated: Document, player: Player) -> Auditions:
    return Auditions(generated, player, lambda: (Fraction(0), Fraction(1), Fraction(2)), generated)


def heard(player: Player) -> set[str]:
    """Names of the takes that sound."""
    return {voice.path.stem for voice in player.monitor.voices()}


def test_shots_chosen_elsewhere_are_played_and_not_what_lies_at_the_playhead(
    generated: Document, player: Player, auditions: Auditions
) -> None:
    generated.set_playhead(Fraction(1, 5))
    generated.select(["V1-002"])
    auditions.play_or_stop()
    assert (player.transport.position, player.transport.playing) == (Fraction(1), True)
    auditions.play_or_stop()
    assert not player.transport.playing
    generated.set_playhead(Fraction(1, 5))  # moved away by hand: that is what is meant now
    auditions.play_or_stop()
    assert player.transport.position == Fraction(1, 5)
    player.transport.stop()
    generated.select(["V1-001"])
    auditions.play_or_stop()  # already inside what is chosen
    assert player.transport.position == Fraction(1, 5)


def test_chosen_shots_are_played_once_whatever_loop_is_set(
    generated: Document, player: Player, auditions: Auditions
) -> None:
    generated.set_in_out(Fraction(0), Fraction(1, 5))
    generated.select(["V1-002"])
    auditions.play_chosen()
    assert (player.transport.position, player.transport.playing) == (Fraction(1), True)
    assert player.transport.loop == (Fraction(0), Fraction(1, 5))


def test_a_cut_is_played_with_what_leads_up_to_it(generated: Document, player: Player, auditions: Auditions) -> None:
    generated.set_playhead(Fraction(4, 5))
    auditions.play_around()
    assert player.transport.position == max(Fraction(1) - PRE_ROLL, Fraction(0))
    assert player.transport.playing


def test_a_comparison_is_heard_in_its_shot_and_the_take_heard_last_stays(
    generated: Document, player: Player, auditions: Auditions
) -> None:
    strip = TakeStrip(generated, player.monitor)
    strip.compared.connect(auditions.hear)
    generated.select(["V1-001"])
    strip.swap()
    generated.set_playhead(Fraction(1, 5))
    generated.select(["V1-002"])  # another shot: its own takes are compared, where it lies
    strip.swap()
    pair = player.monitor.comparison
    assert pair is not None and generated.take(pair.a).segment_id == "V1-002"
    assert (player.transport.position, player.transport.playing) == (Fraction(1), True)
    older, newer = [take for take in generated.takes("V1-002") if take.stem == "FX"]
    assert {pair.a, pair.b} == {older.id, newer.id}
    if player.monitor.comparison != pair or pair.playing != older.id:
        strip.swap()
    player.monitor.compare(None)
    sounding = next(take for take in generated.chosen_takes("V1-002") if take.stem == "FX")
    assert sounding.id == older.id  # though another one is newer
    generated.star(newer.id)
    assert newer.id in {take.id for take in generated.chosen_takes("V1-002")}
    strip.deleteLater()


def test_a_take_is_played_instead_of_the_one_that_sounds(
    generated: Document, player: Player, auditions: Auditions
) -> None:
    older, newer = [take for take in generated.takes("V1-002") if take.stem == "FX"]
    assert newer.id in heard(player)
    player.monitor.toggle_solo(generated.takes("V1-001")[0].id)
    auditions.play_take(older.id)
    assert (player.transport.position, player.transport.playing) == (Fraction(1), True)
    assert older.id in heard(player) and newer.id not in heard(player)
    before = generated.state.choices
    player.transport.stop()
    player.monitor.toggle_solo(generated.takes("V1-001")[0].id)
    assert newer.id in heard(player)
    assert generated.state.choices == before


def test_after_a_comparison_the_playhead_is_where_it_was(
    generated: Document, player: Player, auditions: Auditions, qtbot: QtBot
) -> None:
    take = generated.takes("V1-002")[0]
    generated.set_playhead(Fraction(39, 25))
    auditions.hear(take.id)
    assert (player.transport.position, player.transport.playing) == (Fraction(39, 25), True)
    qtbot.waitUntil(lambda: not player.transport.playing, timeout=60_000)
    assert generated.playhead == Fraction(39, 25)
