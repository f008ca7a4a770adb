"""Broadcast WAV: its chunks, its metadata, written and rewritten."""
