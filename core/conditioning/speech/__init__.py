"""Speech conditions: phonemes in time from words and lips, and a voice from a recording."""
