"""Panel data: selection, settings, takes, saving, and the queue that generates. No widget lives here."""
