"""What runs inside DaVinci Resolve: the standard library only, and any Python since 3.8 (Resolve takes the system's).

    session.py     starts talkies and answers its requests, line by line
    editor.py      the requests: read_timeline, audio_tracks, add_takes and their like
    reading.py     timeline and subtitles ─► one .otio file
    placing.py     takes ─► bin, new tracks, read back
    conforming.py  a file that begins between two frames ─► a copy that begins on one
    markers.py     a marker where each take begins
    frames.py      exact time: seconds, frames, timecode
    refusal.py     one sentence in a box of the system's
    lua/           the same in Lua, for the free edition

scripts/Talkies.py loads this folder as the package ``talkies_inside``.
"""
