"""What is remembered between takes: sounds of spots by all that they depend on, and looks at pictures.

So one spot anew costs one sound and one sum, however many others there are beside it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talkies.core.arrays import Sound

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.look import PictureLook
    from talkies.core.conditioning.picture.visual import PictureFeatures

MOST_BYTES = 256 << 20
"""Of sounds; the one that was used least recently goes first."""
_MOST_LOOKS = 8


@dataclass(frozen=True)
class SpotSound:
    """A hit: ``lead`` samples before its onset, then its sound."""

    lead: int
    samples: Sound


@dataclass
class Remembered:
    """One for each process that makes takes, one after the other."""

    most_bytes: int = MOST_BYTES
    _sounds: OrderedDict[Hashable, SpotSound] = field(default_factory=OrderedDict)
    _looks: OrderedDict[Hashable, PictureLook] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def sound(self, key: Hashable, make: Callable[[], SpotSound]) -> SpotSound:
        """The sound of a spot, made if it is not there."""
        found = self._sounds.get(key)
        if found is None:
            made = make()
            found = SpotSound(made.lead, made.samples.copy())  # of a part of an array all of it would be remembered
            found.samples.flags.writeable = False
            self._bytes += found.samples.nbytes
            self._sounds[key] = found
        self._sounds.move_to_end(key)
        while self._bytes > self.most_bytes and len(self._sounds) > 1:
            self._bytes -= self._sounds.popitem(last=False)[1].samples.nbytes
        return found

    def look(self, key: Hashable, look: Callable[[], PictureLook]) -> PictureLook:
        """A look at a picture; one that found a problem is not remembered."""
        found = self._looks.pop(key, None) or look()
        if found.problem is None:
            self._looks[key] = found
        while len(self._looks) > _MOST_LOOKS:
            self._looks.popitem(last=False)
        return found


def digest(features: PictureFeatures) -> str:
    """What tells features of effects from others."""
    return hashlib.sha256(features.sync.tobytes() + features.picture.tobytes()).hexdigest()
