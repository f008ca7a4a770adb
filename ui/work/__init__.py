"""The panel's data: what is chosen, what was generated, how it is kept, and who generates it. No widget lives here."""
