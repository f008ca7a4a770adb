"""Sight: persons, their feet and named things in a picture, by small networks that are pulled when they are wanted."""
