"""Backgrounds: the bed of each place, room tone or ambience, as one function of the timeline's time.

stills of each shot ─► places (which shots are one place) ─► a bed for each ─► cross-faded where the place changes
"""
