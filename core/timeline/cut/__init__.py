"""The cut itself: walking the clips of an OTIO document, making OTIO's items."""
