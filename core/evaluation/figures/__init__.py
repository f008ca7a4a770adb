"""The figures, one module for each part of the evaluation; the parts are listed in ``../parts.py``."""
