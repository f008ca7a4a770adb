"""Spotting in the panel: the list of spots, what can be done with it, and sounds of the library for them."""
