"""What the model is told: what is seen, what is said, what is asked for."""
