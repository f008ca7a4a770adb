"""Takes under a hand on the timeline: their edges, their fades, and how both look."""
