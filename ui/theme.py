"""Themes: colours and shapes, dark as the rooms are that editors work in, light, or high contrast; one place for all.

Whatever paints itself asks :func:`colours` each time it paints, so that a change of theme needs no more than a repaint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

ThemeName = Literal["dark", "light", "contrast"]

_PROPERTY = "talkiesTheme"


@dataclass(frozen=True)
class Colours:
    """Every colour of the panel, ``#rrggbb``. Those of words are read on ``well``, ``window`` and ``raised``.

    ``dialogue`` and ``effects`` are talkies' own (DX, FX); ``picture``, ``words`` and ``sound`` belong to what was in
    the timeline before. ``well`` is what lies deepest: behind pictures, curves and lists.
    """

    well: str
    window: str
    raised: str
    line: str
    text: str
    faint: str
    accent: str
    on_accent: str
    selection: str
    picture: str
    words: str
    sound: str
    dialogue: str
    effects: str
    good: str
    warning: str
    error: str
    playhead: str

    def stem(self, name: str) -> QColor:
        """The colour of a department: DX, FX, MX, MIX or PX."""
        return QColor({"DX": self.dialogue, "MIX": self.accent, "PX": self.words}.get(name, self.effects))


DARK = Colours(
    well="#16171a",
    window="#202226",
    raised="#2b2e34",
    line="#3b3f47",
    text="#dfe1e5",
    faint="#959ba6",
    accent="#4d9bf0",
    on_accent="#0d1218",
    selection="#27456b",
    picture="#4a5f80",
    words="#7f6cb8",
    sound="#47775f",
    dialogue="#e9a15b",
    effects="#e27886",
    good="#5fb878",
    warning="#e3b655",
    error="#ef6b66",
    playhead="#ff5d52",
)

LIGHT = Colours(
    well="#ffffff",
    window="#f1f2f4",
    raised="#ffffff",
    line="#c9cdd4",
    text="#1d2026",
    faint="#646b77",
    accent="#1b68c6",
    on_accent="#ffffff",
    selection="#cfe1fa",
    picture="#8aa3c9",
    words="#a596d8",
    sound="#86b79c",
    dialogue="#9a5a10",
    effects="#b83a50",
    good="#27763f",
    warning="#856000",
    error="#c22f2a",
    playhead="#d92a1f",
)

CONTRAST = Colours(
    well="#000000",
    window="#161616",
    raised="#222222",
    line="#b0b0b0",
    text="#ffffff",
    faint="#d8d8d8",
    accent="#4fd0ff",
    on_accent="#000000",
    selection="#003a78",
    picture="#3f7fd0",
    words="#9a7cff",
    sound="#3fb87a",
    dialogue="#ffb45c",
    effects="#ff8fa3",
    good="#6fe68f",
    warning="#ffd84d",
    error="#ff9a91",
    playhead="#ff5d52",
)

THEMES: dict[ThemeName, Colours] = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}


def colours() -> Colours:
    """Those of the theme that is on."""
    application = QApplication.instance()
    return THEMES[_known(str(application.property(_PROPERTY)))] if application else DARK


def theme_name() -> ThemeName:
    return next(name for name, theme in THEMES.items() if theme is colours())


def first_theme() -> ThemeName:
    """Where nobody has chosen one: high contrast if the system is set to it, else dark."""
    hints = QGuiApplication.styleHints()
    wanted = hints.accessibility().contrastPreference() if hasattr(hints, "accessibility") else None  # Qt 6.10
    return "contrast" if wanted is not None and wanted.name == "HighContrast" else "dark"


def _known(name: str) -> ThemeName:
    return next((each for each in THEMES if each == name), "dark")


def apply_theme(application: QApplication, name: str) -> None:
    """Turns a theme on for every window there is; an unknown name means dark."""
    chosen = THEMES[_known(name)]
    application.setProperty(_PROPERTY, _known(name))
    style = QStyleFactory.create("Fusion")
    if style is not None and application.style().objectName() != "fusion":
        application.setStyle(style)
    application.setPalette(_palette(chosen))
    application.setStyleSheet(_style_sheet(chosen))


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for each, colour in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.well),
        (role.AlternateBase, c.window),
        (role.Text, c.text),
        (role.PlaceholderText, c.faint),
        (role.Button, c.raised),
        (role.ButtonText, c.text),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.on_accent),
        (role.Link, c.accent),
        (role.Mid, c.line),
        (role.Dark, c.well),
    ):
        palette.setColor(each, QColor(colour))
    for each in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(c.faint))
    return palette


def _style_sheet(c: Colours) -> str:
    return f"""
    * {{ outline: none; }}
    QMainWindow::separator {{ background: {c.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {c.accent}; }}
    QSplitter::handle {{ background: {c.window}; }}
    QSplitter::handle:hover {{ background: {c.accent}; }}
    QDockWidget {{ color: {c.faint}; titlebar-close-icon: none; }}
    QDockWidget::title {{ background: {c.window}; padding: 5px 8px 3px 8px; }}
    QMenuBar {{ background: {c.window}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; }}
    QMenuBar::item:selected {{ background: {c.raised}; }}
    QMenu {{ background: {c.raised}; border: 1px solid {c.line}; padding: 5px; }}
    QMenu::item {{ padding: 5px 26px 5px 22px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
    QMenu::item:disabled {{ color: {c.faint}; background: transparent; }}
    QMenu::separator {{ background: {c.line}; height: 1px; margin: 5px 8px; }}
    QToolBar {{ background: {c.window}; border: none; border-bottom: 1px solid {c.line}; padding: 5px 8px;
                spacing: 5px; }}
    QToolBar::separator {{ background: {c.line}; width: 1px; margin: 4px 6px; }}
    QStatusBar {{ background: {c.window}; border-top: 1px solid {c.line}; color: {c.faint}; }}
    QStatusBar::item {{ border: none; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 4px 6px; }}
    QToolButton:hover {{ background: {c.raised}; border-color: {c.line}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {c.raised}; border-color: {c.accent}; }}
    QToolButton:focus {{ border-color: {c.accent}; }}
    QPushButton {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 5px; padding: 5px 14px; }}
    QPushButton:hover, QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.faint}; }}
    QPushButton:default, QPushButton[primary="true"], QToolButton[primary="true"] {{
        background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {{
        background: {c.raised}; color: {c.faint}; border-color: {c.line}; }}
    QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus {{ border-color: {c.text}; }}
    QPushButton[choice="true"] {{ padding: 8px 16px; color: {c.faint}; }}
    QPushButton[choice="true"]:checked {{ background: {c.selection}; border-color: {c.accent}; color: {c.text};
        font-weight: 600; }}
    QLineEdit[mixed="true"], QSpinBox[mixed="true"], QDoubleSpinBox[mixed="true"], QComboBox[mixed="true"] {{
        color: {c.faint}; font-style: italic; }}
    QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {c.faint}; border-radius: 3px;
        background: {c.well}; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; }}
    QCheckBox:focus {{ color: {c.accent}; }}
    QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.line}; }}
    QHeaderView::section {{ background: {c.window}; color: {c.faint}; border: none;
        border-bottom: 1px solid {c.line}; padding: 5px 7px; }}
    QTableView {{ background: {c.well}; alternate-background-color: {c.window}; border: 1px solid {c.line};
        border-radius: 4px; gridline-color: transparent; }}
    QTableView::item {{ padding: 3px 6px; }}
    QTableView::item:selected {{ background: {c.selection}; color: {c.text}; }}
    QTreeView {{ background: {c.well}; border: 1px solid {c.line}; border-radius: 4px; }}
    QTreeView::item {{ padding: 3px 6px; }}
    QListView, QScrollArea {{ background: {c.well}; border: 1px solid {c.line}; border-radius: 4px; }}
    QProgressBar {{ background: {c.well}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QScrollBar:vertical {{ background: transparent; width: 11px; }}
    QScrollBar:horizontal {{ background: transparent; height: 11px; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 4px; min-width: 30px; min-height: 30px; margin: 2px; }}
    QScrollBar::handle:hover {{ background: {c.faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QLabel[role="title"] {{ font-size: 34px; font-weight: 600; }}
    QLabel[role="faint"] {{ color: {c.faint}; }}
    QLabel[role="error"] {{ color: {c.error}; }}
    QLabel[role="warning"] {{ color: {c.warning}; }}
    QFrame[role="card"] {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
    {"QLineEdit { border: 1px solid " + c.line + "; }" if c is CONTRAST else ""}
    """
