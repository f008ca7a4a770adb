"""talkies.ui: the PySide6 panel (it gets its own room; see the issue "The panel")."""
