"""Final Cut 7 XML (Premiere, Resolve), read and written."""
