"""The material of training, made ready once: speech, scenes, effects, voices, mouths."""
