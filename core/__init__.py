"""talkies.core: timeline, conditions, model, takes. Knows neither Qt nor any editor."""
