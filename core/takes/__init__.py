"""Takes as files: saving, levels, mixing them down, the folders in which they lie."""
