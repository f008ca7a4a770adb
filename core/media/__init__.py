"""Media files: decoding picture and sound, writing Broadcast WAV, loudness."""
