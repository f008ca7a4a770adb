"""Icons as strokes on a 24 × 24 grid, in the colour of the text around them; sharp at any size."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from talkies.ui.theme import colours

_STROKES = {
    "open": "M3 19V6h6l2 2h9v3 M3 19l3-8h16l-3 8z",
    "generate": "M13 3 5 14h6l-1 7 8-11h-6z",
    "write": "M12 3v11m-4-4 4 4 4-4 M4 16v4h16v-4",
    "undo": "M8 5 4 9l4 4 M4 9h10a5 5 0 0 1 0 10H9",
    "redo": "M16 5l4 4-4 4 M20 9H10a5 5 0 0 0 0 10h5",
    "play": "M7 4v16l13-8z",
    "pause": "M8 5v14 M16 5v14",
    "back": "M19 5v14l-9-7z M6 5v14",
    "forward": "M5 5v14l9-7z M18 5v14",
    "in": "M9 4H5v16h4 M11 12h9m-3-3-3 3 3 3",
    "out": "M15 4h4v16h-4 M4 12h9m-3-3 3 3-3 3",
    "loop": "M17 3l3 3-3 3 M4 12V9a3 3 0 0 1 3-3h13 M7 21l-3-3 3-3 M20 12v3a3 3 0 0 1-3 3H4",
    "star": "M12 3l2.7 5.8 6.3.8-4.7 4.3 1.3 6.3-5.6-3.2-5.6 3.2 1.3-6.3L3 9.6l6.3-.8z",
    "mute": "M4 9v6h4l5 4V5L8 9z M16 9l5 6 M21 9l-5 6",
    "solo": "M4 14v-2a8 8 0 0 1 16 0v2 M4 14h3v6H5a1 1 0 0 1-1-1z M20 14h-3v6h2a1 1 0 0 0 1-1z",
    "sound": "M4 9v6h4l5 4V5L8 9z M16 9a4 4 0 0 1 0 6 M18.5 6.5a8 8 0 0 1 0 11",
    "dice": "M4 4h16v16H4z M8.4 8.5h.2 M15.4 8.5h.2 M8.4 15.5h.2 M15.4 15.5h.2 M11.9 12h.2",
    "again": "M20 6v5h-5 M19 11a7.5 7.5 0 1 0 1 5",
    "reveal": "M14 4h6v6 M20 4l-9 9 M18 14v6H4V6h6",
    "delete": "M5 7h14 M10 7V4h4v3 M7 7l1 13h8l1-13",
    "cancel": "M6 6l12 12 M18 6 6 18",
    "speech": "M4 5h16v11h-9l-5 4v-4H4z",
    "effects": "M3 12h3l2-6 4 13 3-10 2 3h4",
    "film": "M4 5h16v14H4z M8 5v14 M16 5v14 M4 9h4 M4 15h4 M16 9h4 M16 15h4",
    "left": "M15 5l-7 7 7 7",
    "right": "M9 5l7 7-7 7",
    "warning": "M12 4 2.5 20h19z M12 10v5 M12 17.5v.01",
    "marker": "M6 3v18 M6 4h12l-3 4 3 4H6",
    "compare": "M4 5h7v14H4z M13 5h7v14h-7z M6 9h3 M15 9h3 M15 12h3",
}

_FILLED = frozenset({"play", "back", "forward", "generate"})


def icon(name: str, colour: str = "", *, filled: bool = False) -> QIcon:
    """The icon of that name, in the colour of text unless another is given, with a faint one where it is disabled."""
    result = QIcon()
    for mode, paint in ((QIcon.Mode.Normal, colour or colours().text), (QIcon.Mode.Disabled, colours().faint)):
        for size in (16, 24, 32, 48):
            result.addPixmap(_drawn(name, paint, size, filled), mode)
    return result


def pixmap(name: str, size: int, colour: str = "", *, filled: bool = False) -> QPixmap:
    """The icon as a picture, ``size`` pixels wide."""
    return _drawn(name, colour or colours().text, size, filled)


def _drawn(name: str, colour: str, size: int, filled: bool) -> QPixmap:
    fill = colour if filled or name in _FILLED else "none"
    key, picture = f"talkies {name} {colour} {size} {fill}", QPixmap()
    if QPixmapCache.find(key, picture):
        return picture
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{_STROKES[name]}" fill="{fill}" '
        f'stroke="{colour}" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    picture = QPixmap(QSize(size, size))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    QPixmapCache.insert(key, picture)
    return picture
