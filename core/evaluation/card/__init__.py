"""Figures for the reader: the model card's tables, comparisons, plots."""
