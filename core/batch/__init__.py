"""Batch: many reels, one after the other or side by side, with a ledger of what is made."""
