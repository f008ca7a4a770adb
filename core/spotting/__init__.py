"""Spotting: what sounds when, as a list that people and programs can edit.

picture, cues ─► spots ─► a list: CSV, JSON, markers in an EDL or an OTIO timeline ─► spots ─► sound, spot by spot
"""
