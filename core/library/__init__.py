"""The library: the user's own recordings, indexed once, found by words, cast for spots, performed to the sample.

folder ─► add_folder ─► index ─► cast: a recording and a hit in it for each spot ─► hit_sound, sustained_blocks

    with open_library() as library:                       the index in the user's data folder
        for event in add_folder(library, Path("Sounds")): Progress and Warned; interrupted, it goes on the next time
            ...
        picks = cast(library, [Wanted(spot.id, "wooden door slams", "hit", 0.8, spot.seed(seed))])
    pick = picks[spot.id]                                 a Pick, or None: no recording fits
    sound = hit_sound(pick, 0.8, spot.seed(seed))         (1, N) float32 at 48 kHz, transient at PRE_ROLL_SAMPLES
    blocks = sustained_blocks(pick, 480_000, 0.8, seed)   (1, n) float32, together exactly so many samples

``cast`` takes a whole list in the order of its times, so that neighbours differ; ``kept`` (a spot's id to the name of
the pick that it had) leaves every other spot as it is when one is moved, added or deleted. ``stereo=True`` keeps two
channels, (2, N). A pick needs its library no longer: it can be sent to another process, which reads the file only.
"""

from talkies.core.library.adding import add_folder
from talkies.core.library.casting import cast
from talkies.core.library.finding import Found, find
from talkies.core.library.index import Folder, Library, index_file, open_library
from talkies.core.library.looping import sustained_blocks
from talkies.core.library.performing import PRE_ROLL_SAMPLES, hit_sound
from talkies.core.library.recording import Measures, Pick, RecordedHit, Recording, Use, Wanted

__all__ = [
    "PRE_ROLL_SAMPLES",
    "Folder",
    "Found",
    "Library",
    "Measures",
    "Pick",
    "RecordedHit",
    "Recording",
    "Use",
    "Wanted",
    "add_folder",
    "cast",
    "find",
    "hit_sound",
    "index_file",
    "open_library",
    "sustained_blocks",
]
