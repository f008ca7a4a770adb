"""Hands: what is held and dragged on a lane, and what attracts it."""
