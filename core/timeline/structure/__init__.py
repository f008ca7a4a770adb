"""A timeline's structure: tracks, sounds and media that are in it, compounds flattened."""
