"""Measurements that a figure is made of: onsets guessed, fidelity, leaks, words, pitch, names of sounds."""
