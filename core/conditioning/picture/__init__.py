"""From pictures to motion, a mouth's movements and spotted events."""
