"""Conditions of the model: picture features, phonemes and voice, prompt."""
