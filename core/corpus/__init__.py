"""Corpus: recordings, their tables, effects at their onset, and what is held out."""
