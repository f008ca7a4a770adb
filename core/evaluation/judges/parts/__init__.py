"""Parts of the evaluation that judges make: each a function that computes its figures; entered in registry.py."""
