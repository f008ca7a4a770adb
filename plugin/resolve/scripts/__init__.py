"""What is copied into Resolve's scripts folder, by installing.py, which fills in the lines marked ``baked``."""
