"""From words and a mouth to phonemes in time, and from a recording to a voice."""
