"""Blender: the extension that goes into it, and what finds Blenders, packs the extension and installs it."""
