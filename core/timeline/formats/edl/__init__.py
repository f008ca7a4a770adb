"""EDL (CMX 3600), read and written."""
