"""A Broadcast WAV file rewritten: other samples, what its ``bext`` and ``iXML`` chunks say kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.media.loudness import Meter
from talkies.core.media.sound import sound_blocks
from talkies.core.media.wav.bwf import SAMPLE_RATE, read_bext, read_ixml, read_programme, write_bwf


def shifted(blocks: Iterator[Samples], channels: int, silence: int, skipped: int) -> Iterator[Samples]:
    """So many samples of silence, then a file's blocks (C, n) from its sample ``skipped`` on."""
    yield np.zeros((channels, silence), np.float32)
    for block in blocks:
        yield block[:, skipped:]
        skipped = max(skipped - block.shape[1], 0)


def rewrite_bwf(
    source: Path,
    path: Path,
    change: Callable[[Iterator[Samples]], Iterable[Samples]] = lambda blocks: blocks,
    *,
    channels: int,
    sample_rate: int = SAMPLE_RATE,
    time_reference: Callable[[int], int] = lambda before: before,
    count: int | None = None,
    gain_db: float | None = None,
    meter: Meter | None = None,
) -> int:
    """Writes the sound of ``source`` to ``path``, which may be the same file, and returns the number of samples.

    ``change``: blocks of (C, n) to those that are written. ``time_reference``: samples since midnight, from those that
    ``source`` states. ``count``: how many samples there must be in the end. Description, originator's reference, the
    time of origination and what iXML says of scene, take and tracks stay; loudness is that of the new samples:
    ``gain_db`` where they are the old ones so much louder, otherwise measured, by ``meter`` if one is given. Raises
    MediaError, OutputError; atomic.
    """
    bext = read_bext(source)
    before = None if gain_db is None else read_programme(source)
    return write_bwf(
        path,
        change(sound_blocks(source, sample_rate, mono=channels == 1)),
        sample_rate=sample_rate,
        channels=channels,
        time_reference=time_reference(bext.time_reference),
        count=count,
        description=bext.description,
        originator_reference=bext.originator_reference,
        origination=bext.origination,
        slate=read_ixml(source),
        programme=None if before is None or gain_db is None else before.raised(gain_db),
        meter=meter,
    )
