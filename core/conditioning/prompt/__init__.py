"""Prompts: from free text to known words, the sounds they name, and a sketch of these sounds."""
