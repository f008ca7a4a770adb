"""Where sound comes from: what a file says of itself, what is found in its sound, and whether it can be made again.

docs/provenance.md says what is promised.
"""
