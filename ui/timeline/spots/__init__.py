"""Spots on the timeline: their lane, drawn and under a hand."""
