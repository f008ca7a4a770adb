"""One folder for each timeline format, and what they share."""
