"""Devices: auto, cpu, cuda or mps as the user says it, as torch calls it."""

from __future__ import annotations

import re

import torch

from talkies.core.errors import ArgumentError


def choose_device(name: str = "auto") -> str:
    """``auto`` is the first of CUDA, Apple's GPU and the CPU that works here. Raises ArgumentError."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if not re.fullmatch(r"cpu|mps|cuda(:\d+)?", name):
        raise ArgumentError(f"device {name!r}", "is not known", "use auto, cpu, cuda, cuda:1 or mps")
    index = int(name.partition(":")[2] or 0)
    missing = (name == "mps" and not torch.backends.mps.is_available()) or (
        name.startswith("cuda") and index >= torch.cuda.device_count()
    )
    if missing:
        raise ArgumentError(f"device {name!r}", "is not on this machine", "use auto or cpu")
    return name
