"""Times of what strikes in real film, spotted by hand, to judge the spotter by."""
