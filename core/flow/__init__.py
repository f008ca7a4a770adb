"""Flow matching as mathematics: path, guidance, solvers, windows over any length."""
