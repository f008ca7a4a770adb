"""AAF (Media Composer, Pro Tools), read and written."""
