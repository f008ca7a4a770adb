"""Files written whole or not at all, locked, guarded against hostile content; dataclasses as JSON."""
