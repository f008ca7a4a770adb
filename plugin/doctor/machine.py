"""What talkies itself needs: Python, torch, codecs, espeak, weights, room on the disk, and Qt for the panel."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

from talkies.plugin.commands.panel import missing
from talkies.plugin.doctor.finding import REINSTALL, Check, Finding


def _python() -> Finding:
    return Finding("python", True, sys.version.split()[0], needed=True)


def _torch() -> Finding:
    """torch takes seconds to load: it does so only where it can tell more than that it computes on the CPU."""
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return Finding("torch", False, "is not installed", REINSTALL, needed=True)
    if not _gpu_is_possible(version):
        return Finding("torch", True, f"{version} for the CPU, of which {os.cpu_count()} cores are here", needed=True)
    import torch

    if torch.cuda.is_available():
        return Finding("torch", True, f"{version} on {torch.cuda.get_device_name(0)}", needed=True)
    if torch.backends.mps.is_available():
        return Finding("torch", True, f"{version} on Apple's GPU (mps)", needed=True)
    return Finding("torch", True, f"{version} on the CPU, for it finds no GPU that it can use", needed=True)


def _gpu_is_possible(version: str) -> bool:
    """Whether this torch may find a GPU: AMD's comes with its build, Apple's with the Mac, NVIDIA's needs a driver."""
    build = version.partition("+")[2]
    if build == "cpu":
        return False
    return sys.platform == "darwin" or build.startswith("rocm") or any(_loads(library) for library in _DRIVERS)


_DRIVERS = ("libcuda.so.1", "nvcuda.dll")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _codecs() -> Finding:
    import av
    from av.codec.codec import UnknownCodecError

    missing = []
    for name in ("h264", "hevc", "prores", "dnxhd", "mpeg4", "vp9", "av1", "dpx", "exr", "png", "tiff", "pcm_s24le"):
        try:
            av.Codec(name, "r")
        except UnknownCodecError:
            missing.append(name)
    detail = f"PyAV {av.__version__} reads " + ("all we look for" if not missing else f"not {', '.join(missing)}")
    return Finding("codecs", not missing, detail, REINSTALL if missing else "", needed=True)


def _espeak() -> Finding:
    import espeakng_loader

    library, data = Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())
    works = library.is_file() and data.is_dir()
    return Finding("espeak", works, f"library {library.name}" if works else "its library or data is missing",
                   "" if works else "pip install --force-reinstall espeakng-loader", needed=True)  # fmt: skip


def _weights() -> Finding:
    import talkies.resources.weights

    folder = Path(next(iter(talkies.resources.weights.__path__)))
    files = sorted(folder.glob("*.safetensors"))
    size = sum(file.stat().st_size for file in files) / 1e6
    if files:
        return Finding(
            "weights", True, f"{len(files)} files, {size:.0f} MB; 'talkies models verify' checks them", needed=True
        )
    return Finding("weights", False, "the shipped model is not here", REINSTALL, needed=True)


def _qt() -> Finding:
    if importlib.util.find_spec("PySide6") is None:
        return Finding("Qt", False, "PySide6 is not installed; only the panel needs it", 'pip install "talkies[panel]"')
    try:
        import PySide6
        from PySide6 import QtMultimedia, QtWidgets  # noqa: F401 - each needs libraries of the system
    except ImportError as error:  # without QtMultimedia the panel opens, but plays nothing
        lacking = missing(error)
        return Finding("Qt", False, f"the panel {lacking.problem}", lacking.cure)
    return Finding("Qt", True, f"PySide6 {PySide6.__version__} with QtMultimedia")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    works = free > 1
    return Finding("disk", works, f"{free:.1f} GB free in this folder",
                   "" if works else "an hour of takes needs about 1 GB; write to another disk")  # fmt: skip


MACHINE: dict[str, Check] = {
    "python": _python,
    "torch": _torch,
    "codecs": _codecs,
    "espeak": _espeak,
    "weights": _weights,
    "disk": _disk,
    "Qt": _qt,
}
