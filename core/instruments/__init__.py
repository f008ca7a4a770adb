"""Our own instruments, by additive and modal synthesis: a score sounds with nothing installed.

PlayedNote ... ─► perform(notes, length_samples, seed, room) ─► stereo blocks at 48 kHz
"""

from talkies.core.instruments.orchestra import INSTRUMENTS
from talkies.core.instruments.performing import perform
from talkies.core.instruments.played import PlayedNote
from talkies.core.instruments.rooms import ROOMS, SALON, THEATRE, Room
from talkies.core.instruments.tones import Tones

__all__ = ["INSTRUMENTS", "ROOMS", "SALON", "THEATRE", "PlayedNote", "Room", "Tones", "perform"]
