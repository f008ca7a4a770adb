"""MLT and Kdenlive projects, read and written."""
