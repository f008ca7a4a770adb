"""What went wrong, in the same sentence that the command line prints, and that the work is as it was."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def refusal(parent: QWidget | None, title: str, sentence: str, comfort: str = "") -> QMessageBox:
    """A dialog with one sentence and perhaps another that comforts; the caller decides how it is shown."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setText(f"<b>{title}</b>")
    box.setInformativeText(f"{sentence}\n\n{comfort}" if comfort else sentence)
    box.setAccessibleDescription(sentence)
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    return box


def unchanged() -> str:
    """What follows a refusal."""
    return QCoreApplication.translate("messages", "Your work is as it was.")
