"""A table of commands becomes menus, keys, marks and a list of keys; what cannot be given now is grey."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from talkies.ui.actions import Actions
from talkies.ui.command import Command, Menus, Place


class Lamp:
    """What the commands of this test work on."""

    def __init__(self) -> None:
        self.lit, self.bulb = False, "a bulb"
        self.given: list[str] = []

    def switch(self) -> None:
        self.lit = not self.lit

    def menus(self) -> Menus:
        return {
            "&Lamp": (
                Command("light", "&Light", self.switch, ("L", "Ctrl+L"), checked=lambda: self.lit),
                Place.LINE,
                Command("take", "&Take {what} out …", self.take, ("T",), needs="take", what=lambda: self.bulb),
                Place.RECENT,
            ),
            "&Rest": (Command("sell", "&Sell", self.take, needs="editor"), Place.DOCKS),
        }

    def take(self) -> None:
        self.given.append(self.bulb)


def actions_of(lamp: Lamp, qtbot: QtBot) -> tuple[QMainWindow, Actions]:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window, Actions(window, lamp.menus())


def test_a_command_is_given_only_where_its_need_is_met(qtbot: QtBot) -> None:
    lamp = Lamp()
    _, actions = actions_of(lamp, qtbot)
    actions.refresh({"take"})
    assert {name: action.isEnabled() for name, action in actions.items()} == {
        "light": True,
        "take": True,
        "sell": False,
    }
    actions["take"].trigger()
    actions["sell"].trigger()
    assert lamp.given == ["a bulb"]


def test_a_mark_says_what_is_and_not_how_often_it_was_clicked(qtbot: QtBot) -> None:
    lamp = Lamp()
    _, actions = actions_of(lamp, qtbot)
    assert actions["light"].isCheckable() and not actions["take"].isCheckable()
    actions["light"].trigger()
    assert lamp.lit and actions["light"].isChecked()
    lamp.lit = False
    actions.refresh(set())
    assert not actions["light"].isChecked()


def test_words_follow_what_they_are_about(qtbot: QtBot) -> None:
    lamp = Lamp()
    _, actions = actions_of(lamp, qtbot)
    assert actions["take"].text() == "&Take a bulb out …"
    lamp.bulb = ""
    actions.refresh(set())
    assert actions["take"].text() == "&Take  out …"


def test_menus_have_the_order_of_the_table(qtbot: QtBot) -> None:
    window, actions = actions_of(Lamp(), qtbot)
    recent, dock = QMenu("Recent", window), QAction("Timeline", window)
    actions.fill(window.menuBar(), recent, [dock])
    menus = {menu.title(): menu for menu in window.menuBar().findChildren(QMenu)}
    shown = {
        title: [None if action.isSeparator() else action.text() for action in menus[title].actions()]
        for title in ("&Lamp", "&Rest")
    }
    assert shown == {"&Lamp": ["&Light", None, "&Take a bulb out …", "Recent"], "&Rest": ["&Sell", "Timeline"]}


def test_the_list_of_keys_leaves_out_what_has_none(qtbot: QtBot) -> None:
    _, actions = actions_of(Lamp(), qtbot)
    assert actions.keys_by_menu() == [("Lamp", [("L, Ctrl+L", "Light"), ("T", "Take a bulb out")])]
