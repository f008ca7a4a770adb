"""Where the media of a timeline lie, and what they are: addresses, image sequences, facts of movies."""
