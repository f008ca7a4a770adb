"""Training configurations for ``talkies train``."""
