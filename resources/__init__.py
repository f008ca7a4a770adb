"""talkies.resources: what ships beside the code: weights, vocabularies, demo material."""
