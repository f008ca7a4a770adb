"""Engines of other people's that talkies brings the adapter of: each a program of its own, as any guest is."""
