"""talkies.ui: the panel, a PySide6 window over talkies.core; it reaches editors through core's Host."""
