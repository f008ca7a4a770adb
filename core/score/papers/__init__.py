"""A score on paper: MIDI for other players, the tempo map as a table."""
