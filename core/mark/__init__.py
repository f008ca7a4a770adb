"""A mark in the sound that a model made, which outlives its delivery as MP3, at another rate or under other sound.

    payload ─► pattern ─► laying: each band a little louder or softer, twenty times a second
    any sound ─► finding ─► payload, and how surely

It labels; who wants to be rid of it will be. docs/provenance.md says what is promised.
"""
