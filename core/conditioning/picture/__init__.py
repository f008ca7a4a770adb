"""Picture features: motion, lips, and the events that the spotter finds."""
