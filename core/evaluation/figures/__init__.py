"""The figures, one module for each part of the evaluation."""
