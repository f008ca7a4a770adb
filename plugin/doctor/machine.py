"""Doctor for talkies itself: Python, torch, codecs, espeak, weights, disk space, and Qt for the panel."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

from talkies.core.errors import InputError, MissingExtraError, TalkiesError
from talkies.core.model.torch_pair import TORCH_CURE, installed, torchaudio_cure
from talkies.core.preferences import preferences_file, read_preferences
from talkies.plugin.display import missing
from talkies.plugin.doctor.finding import REINSTALL, Check, Finding


def _python() -> Finding:
    return Finding("python", True, sys.version.split()[0], needed=True)


def _torch() -> tuple[Finding, ...]:
    """torch and torchaudio are asked in a process of their own: a library that is broken may take its process along."""
    versions = {name: installed(name) for name in ("torch", "torchaudio")}
    if not versions["torch"]:
        return (Finding("torch", False, "is not installed", TORCH_CURE, needed=True),)
    reported = _ask_torch()
    if problem := reported.get("torch_problem"):
        return (Finding("torch", False, f"{versions['torch']} {problem}", TORCH_CURE, needed=True),)
    torch = Finding("torch", True, f"{versions['torch']} {reported['device']}", needed=True)
    problem = reported.get("torchaudio_problem", "") if versions["torchaudio"] else "is not installed"
    return torch, _torchaudio(versions["torchaudio"], versions["torch"], problem)


def _torchaudio(version: str, torch_version: str, problem: str) -> Finding:
    """Only training and evaluation use it; sound is made without."""
    if not problem:
        return Finding("torchaudio", True, version)
    detail = f"{version} {problem}".strip() + "; sound is made without it, training and evaluation are not"
    return Finding("torchaudio", False, detail, torchaudio_cure(torch_version))


def _ask_torch() -> dict[str, str]:
    """What a fresh Python says of torch and torchaudio: ``device``, or ``torch_problem`` and ``torchaudio_problem``."""
    try:
        asked = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return {"torch_problem": f"has not loaded after {_TIMEOUT_S} s"}
    lines = asked.stdout.splitlines()
    if asked.returncode or not lines:
        last = (asked.stderr.strip().splitlines() or [f"exit code {asked.returncode}"])[-1]
        return {"torch_problem": f"does not load ({last})"}
    reported: dict[str, str] = json.loads(lines[-1])
    return reported


_TIMEOUT_S = 120
"""The first start of a fresh installation, from a slow disk, beside a virus scanner."""

_ASK = """
import json, os
reported = {}
def problem(error):
    return "does not load (" + " ".join(str(error).split()) + ")"
try:
    import torch
    if torch.cuda.is_available():
        reported["device"] = "on " + torch.cuda.get_device_name(0)
    elif torch.backends.mps.is_available():
        reported["device"] = "on Apple's GPU (mps)"
    else:
        reported["device"] = f"on the CPU, of which {os.cpu_count()} cores are here"
except Exception as error:
    reported["torch_problem"] = problem(error)
else:
    try:
        import torchaudio
    except Exception as error:
        reported["torchaudio_problem"] = problem(error)
print(json.dumps(reported))
"""


def _configuration() -> Finding:
    """The user's own defaults: whether they can be read, and whether what they name is here."""
    from talkies.core.engines.base import engine_names
    from talkies.core.engines.choice import choices
    from talkies.core.media.loudness_presets import PRESETS

    path = preferences_file()
    if not path.exists():
        return Finding("configuration", True, f"none; {path} would be read")
    try:
        chosen = read_preferences()
    except InputError as error:
        return Finding("configuration", False, f"{path} {error.problem}", error.cure, needed=True)
    try:
        known, engines = engine_names(), choices(chosen.engine).values()
    except InputError as error:
        return Finding("configuration", False, str(error), "correct it", needed=True)
    unknown = [name for name in engines if name not in known]
    unknown += [chosen.loudness] * (chosen.loudness not in PRESETS)
    if unknown:
        return Finding(
            "configuration", False, f"{path} names {unknown[0]!r}, which is not known", "correct it", needed=True
        )
    absent = [str(folder) for folder in chosen.media_dirs if not folder.is_dir()]
    told = f"{path}: engine {chosen.engine}, voice {chosen.voice or 'by speaker'}, loudness {chosen.loudness}"
    return Finding("configuration", True, told + (f"; currently missing: {', '.join(absent)}" if absent else ""))


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
    return Finding("weights", False, "the shipped model is missing", REINSTALL, needed=True)


def _music() -> Finding:
    """What plays a score: our own instruments, or the SoundFont that is configured."""
    from talkies.core.instruments.soundfont import check_renderer, find_soundfont, system_soundfonts

    try:
        chosen = find_soundfont(read_preferences().soundfont)
        if chosen is not None:
            check_renderer()
            return Finding("music", True, f"played by {chosen}, as configured")
    except TalkiesError as error:
        return Finding("music", False, f"what is configured cannot play: {error.subject} {error.problem}", error.cure)
    lying = system_soundfonts()
    if not lying:
        return Finding("music", True, "played by instruments of its own; the system has no SoundFont, and needs none")
    try:
        check_renderer()
    except MissingExtraError as error:
        detail = f"played by instruments of its own; for {lying[0]}: {error.subject} {error.problem}"
        return Finding("music", True, detail, error.cure)
    return Finding("music", True, f"played by instruments of its own; --soundfont system is {lying[0]}")


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
    "configuration": _configuration,
    "codecs": _codecs,
    "espeak": _espeak,
    "weights": _weights,
    "music": _music,
    "disk": _disk,
    "Qt": _qt,
}
