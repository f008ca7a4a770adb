"""How this process uses memory and cores while it makes sound: two defaults of the system cost more than they give.

Memory that was freed is kept for the next tensor instead of going back to the system at once. A denoising step makes
and frees the same megabytes some hundred times. glibc maps large blocks anew each time (mallopt(3), M_MMAP_THRESHOLD),
and the kernel clears every page of them again, 4 KiB at a time: on a virtual machine that was a third of the time that
sound took to make. Peak memory stays as it was.

Threads that wait for each other sleep soon. Our operations are short, and their threads meet at the end of each; while
an editor plays on the same cores, a waiting thread that spins for milliseconds, as GNU's OpenMP lets it, keeps the one
it waits for from running: sound then took ten times as long to make.
"""

from __future__ import annotations

import ctypes
import os
import sys

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # malloc.h

KEPT_BYTES = 512 << 20
"""Free memory beyond so much goes back to the system."""
LARGE_BYTES = 64 << 20
"""Blocks of so much are mapped on their own and given back as soon as they are freed."""
SPINS = "10000"
"""Rounds that a thread waits before it sleeps: 3 % slower on idle cores, three times as fast on busy ones."""


def settle_process() -> None:
    """For this whole process; to be called before torch is imported. What the user has set in the environment stays."""
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # torch asks Linux for pages of 2 MiB
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:  # another C library
        return
    mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
    mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
    mallopt(_M_TOP_PAD, LARGE_BYTES)
