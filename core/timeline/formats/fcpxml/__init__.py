"""FCPXML (Final Cut Pro, DaVinci Resolve), read and written."""
