"""What the process asks of the system: counted by the kernel, in processes of their own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = """
import resource, sys, threading
if sys.argv[1] == "kept":
    from talkies.plugin.process import settle_process
    settle_process()
import torch
from talkies.core.model.phases import Frames, find_phases
torch.set_num_threads(1)
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    find_phases(magnitude, Frames(1920, 480), rounds=4)
    before = faults()
    find_phases(magnitude, Frames(1920, 480), rounds=24)
    print(faults() - before)
magnitude = torch.rand(961, 1000)
thread = threading.Thread(target=work)
(work if sys.argv[2] == "main" else lambda: (thread.start(), thread.join()))()
"""
SHAPES = """
import ctypes, sys
if sys.argv[1] == "few":
    from talkies.plugin.process import settle_process
    settle_process()
import torch
torch.set_num_threads(1)
class Heap(ctypes.Structure):  # malloc.h
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]
mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Heap
def used():
    heap = mallinfo()
    return (heap.uordblks + heap.hblkhd) >> 20
layer = torch.nn.Conv1d(256, 256, 7)
with torch.inference_mode():
    for length in range(100, 900):
        layer(torch.rand(1, 256, length))
        if length == 250:
            before = used()
print(used() - before)
"""
SETTINGS = """
import os
from talkies.plugin.process import settle_process
settle_process()
caches = "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"
print(*map(os.environ.get, ("GOMP_SPINCOUNT", "THP_MEM_ALLOC_ENABLE", *caches)))
"""
HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def output_of(program: str, *arguments: str, **environment: str) -> str:
    ours = ("MALLOC_", "GLIBC_", "GOMP_", "OMP_WAIT", "THP_", "ONEDNN_", "LRU_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=plain | environment).stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives memory back at once")
@pytest.mark.skipif(
    HUGE_PAGES.is_file() and "[always]" in HUGE_PAGES.read_text(), reason="huge pages hide what is mapped anew"
)
@pytest.mark.parametrize("thread", ["main", "other"])
def test_the_same_memory_serves_again_and_again(thread: str) -> None:
    """Ten seconds of sound are found: as the system has it, the kernel clears the same pages again and again."""
    given_back, kept = (int(output_of(PAGES, how, thread, THP_MEM_ALLOC_ENABLE="0")) for how in ("given back", "kept"))
    assert given_back > 20_000
    assert kept < given_back / 3


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc tells what is in use")
def test_shots_of_many_lengths_take_no_more_memory_than_a_few() -> None:
    """650 lengths after 150: MB of the heap that stay in use where an operation is kept for each, and where few are."""
    each, few = (int(output_of(SHAPES, how)) for how in ("each", "few"))
    assert each > 10
    assert few < 3


def test_what_the_user_has_set_stays() -> None:
    assert output_of(SETTINGS).split() == ["10000", "1", "64", "16"]
    theirs = {"GOMP_SPINCOUNT": "7", "THP_MEM_ALLOC_ENABLE": "0"}
    theirs |= {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "9", "LRU_CACHE_CAPACITY": "8"}
    assert output_of(SETTINGS, **theirs).split() == [*theirs.values()]
    assert output_of(SETTINGS, OMP_WAIT_POLICY="passive").split() == ["None", "1", "64", "16"]


def test_the_command_line_is_there_before_torch() -> None:
    """OpenMP and torch read their settings once, when they are loaded."""
    assert output_of("import sys, talkies.plugin.cli; print('torch' in sys.modules)").strip() == "False"
