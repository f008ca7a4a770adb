"""How our own process uses memory and cores: defaults of the system that cost more than they give (decision 0017).

Memory that was freed is kept for the next tensor instead of going back to the system at once. A denoising step makes
and frees the same megabytes some hundred times, and the kernel clears every page of them again, 4 KiB at a time: on a
virtual machine that was a third of the time that sound took to make.

Threads that wait for each other sleep soon. Our operations are short, and their threads meet at the end of each; while
an editor plays on the same cores, a waiting thread that spins for milliseconds, as GNU's OpenMP lets it, keeps the one
it waits for from running: sound then took ten times as long to make.

Few compiled operations are kept. The library that computes convolutions keeps one for each shape that it met, and torch
one beside it, 1,024 each, with buffers of their own: shots differ in length, and a film took a megabyte more for each.

Circles of objects are looked for less often. A timeline of ten thousand clips is some hundred thousand objects that
stay; going through them again and again was a tenth of the time that reading took.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_THEIRS = ("MALLOC_", "GLIBC_TUNABLES")

KEPT_BYTES = 512 << 20
"""Free memory at the top of the heap beyond so much goes back to the system."""
LARGE_BYTES = 32 << 20
"""Blocks of so much are mapped on their own and given back as soon as they are freed; older glibcs take no more."""
OBJECTS = 20_000
"""So many objects more than went are made before circles are looked for; Python's own figure is 700."""
SPINS = "10000"
"""Rounds that a thread waits before it sleeps."""

COMPILED = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64", "LRU_CACHE_CAPACITY": "16"}
"""Operations that are kept compiled, by oneDNN and by torch's own cache of them; a take of one length needs no more."""


def settle_process() -> None:
    """For a process of our own, before torch is imported. What the user has set in the environment stays."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    for cache, most in COMPILED.items():
        os.environ.setdefault(cache, most)
    gc.set_threshold(OBJECTS)
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # torch asks Linux for pages of 2 MiB
    if sys.platform == "linux" and not any(name.startswith(_THEIRS) for name in os.environ):
        _keep_freed_memory()


def _keep_freed_memory() -> None:
    """One heap for all threads, because only the first can grow large; without glibc nothing changes."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None and mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES):
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_ARENA_MAX, 1)
