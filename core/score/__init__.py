"""A composed score that follows the picture.

hits ─► tempo map ─► form ─► harmony, melody, figure ─► instruments ─► MIDI

Rules only: no network, no sound. docs/music.md says how it decides.
"""

from talkies.core.score.asked import Asked, read_asked
from talkies.core.score.composed import Key, Note, Score, Section
from talkies.core.score.composer import compose
from talkies.core.score.form import Scene
from talkies.core.score.hits import Hit, hits_of
from talkies.core.score.papers.midi import write_midi

__all__ = ["Asked", "Hit", "Key", "Note", "Scene", "Score", "Section", "compose", "hits_of", "read_asked", "write_midi"]
