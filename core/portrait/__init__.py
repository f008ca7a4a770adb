"""Portraits: a still and a sound become a film in which the still speaks or sings."""
