"""Toolbar: the most frequent commands."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

_LEFT = ("open", "undo", "redo", "select_silent")
_RIGHT = ("compare", "write", "generate")
_WITH_WORDS = {"open", "select_silent", "compare", "write", "generate"}


def make_toolbar(parent: QWidget, actions: Mapping[str, QAction]) -> QToolBar:
    """Left what prepares, right what makes sound."""
    bar = QToolBar(QCoreApplication.translate("Toolbar", "Tools"), parent)
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(17, 17))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for name in _LEFT:
        _add(bar, name, actions[name])
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    for name in _RIGHT:
        _add(bar, name, actions[name])
    return bar


def _add(bar: QToolBar, name: str, action: QAction) -> None:
    action.setIconText(action.text().replace("&", "").partition(":")[0].rstrip(" …"))
    bar.addAction(action)
    button = bar.widgetForAction(action)
    if isinstance(button, QToolButton):
        if name in _WITH_WORDS:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(action.text().replace("&", ""))
        if name == "generate":
            button.setProperty("primary", "true")
