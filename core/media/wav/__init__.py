"""Broadcast WAV: its chunks and their metadata, written and read."""
