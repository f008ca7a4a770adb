"""Turnover: what a mixer or a post house gets, by the conventions of the trade.

span.py        what every file covers: the timeline, with room for pops before and after the picture
stems.py       one continuous file for each track, all of one length and start
cue_sheet.py   what is said and heard when: rows, CSV
marker_edl.py  the same as markers that DaVinci Resolve reads
captions.py    the same as subtitles
reference.py   the picture with burnt-in timecode and the mix
readme.py      what is what; checksums
folder.py      a folder that appears whole
from_timeline.py  the takes that a written timeline holds
handover.py    all of it together
"""
