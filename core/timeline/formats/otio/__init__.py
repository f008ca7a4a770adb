"""OpenTimelineIO: files, bundles, and the flavours that single editors import."""
