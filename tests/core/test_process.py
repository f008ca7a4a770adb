"""What is freed stays with the process: counted by the kernel, in a process of its own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

PAGES = """
import resource, sys
if sys.argv[1] == "kept":
    from talkies.core.process import settle_process
    settle_process()
import torch
torch.set_num_threads(1)
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
torch.ones(12 << 18)
before = faults()
for _ in range(20):
    torch.ones(12 << 18)
print(faults() - before)
"""
BLOCK_PAGES = 12 * 1024 // 4


def page_faults(how: str) -> int:
    command = [sys.executable, "-c", PAGES, how]
    plain = {name: value for name, value in os.environ.items() if name != "THP_MEM_ALLOC_ENABLE"}
    return int(subprocess.run(command, check=True, capture_output=True, text=True, env=plain).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives memory back at once")
def test_the_same_memory_serves_again_and_again() -> None:
    """Twenty times 12 MB: without, the kernel must clear thousands of pages each time."""
    assert page_faults("given back") > 5 * BLOCK_PAGES
    assert page_faults("kept") < BLOCK_PAGES
