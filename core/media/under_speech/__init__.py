"""What gives way where somebody speaks: how much of it, and in which bands."""
