"""Engines of other people's, each in a process of its own: what they say of themselves, and how they are spoken to.

known.py ─► a guest: its manifest and how it is started
talk.py (bytes in, what was said out) ─► program.py (the process, confine.py) ─► session.py ─► core/engines/guest.py
windows.py, seams.py: any length out of an engine's own; movies.py: what it sees of the picture
"""
