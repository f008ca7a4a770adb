"""Shots of a film that is one piece: where they begin, which of them are title cards, and a document cut there."""
