"""Doctor for OpenTimelineIO's plugins: which are installed, which broken, and what is missing without each."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from talkies.plugin.doctor.finding import Finding, sentence

_GROUP = "opentimelineio.plugins"
_SWITCH = "OTIO_DISABLE_ENTRYPOINTS_PLUGINS"


@dataclass(frozen=True)
class Adapter:
    """``name``: OpenTimelineIO's; ``package``: pip's; ``lost``: what does not work without it."""

    name: str
    package: str
    lost: str


ADAPTERS = (
    Adapter("fcp_xml", "otio-fcp-adapter", "Final Cut 7 XML (.xml: Premiere, Resolve) is not read"),
    Adapter("AAF", "otio-aaf-adapter", "AAF (Avid, Pro Tools) is not read"),
    Adapter("xges", "otio-xges-adapter", "XGES (Pitivi) is not read"),
    Adapter("talkies_subtitles", "talkies", "otioconvert knows neither our subtitle files nor our hook"),
)
OTHERS = (
    Adapter("cmx_3600", "otio-cmx3600-adapter", "EDL"),
    Adapter("fcpx_xml", "otio-fcpx-xml-adapter", "FCPXML"),
    Adapter("kdenlive", "otio-kdenlive-adapter", "Kdenlive"),
)
"""talkies reads and writes these formats by itself; only otioconvert and other programs of OTIO want an adapter."""


def adapters() -> tuple[Finding, ...]:
    """A finding for each adapter that talkies uses, and one for the others."""
    try:
        with _quiet():
            manifest = _load_manifest()
    except Exception as error:  # noqa: BLE001 - a manifest of anybody's that is not JSON, a schema that does not import
        cure = "repair or uninstall that plugin of OpenTimelineIO"
        return (Finding("OTIO plugins", False, f"cannot be loaded, so no adapter works ({sentence(error)})", cure),)
    return (*(_finding(adapter, manifest) for adapter in ADAPTERS), _others(manifest))


def _load_manifest() -> Any:
    """Read anew: OpenTimelineIO keeps what it found when it was first asked."""
    import opentimelineio as otio

    return otio.plugins.manifest.load_manifest()


@contextmanager
def _quiet() -> Iterator[None]:
    """OpenTimelineIO logs a traceback for each plugin that fails; the doctor says it in a sentence instead."""
    root = logging.getLogger()
    mute = logging.NullHandler()  # without any handler, logging would install one for good
    root.addHandler(mute)
    root.addFilter(_nothing)
    try:
        yield
    finally:
        root.removeFilter(_nothing)
        root.removeHandler(mute)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def _finding(adapter: Adapter, manifest: Any) -> Finding:
    name, install = f"OTIO {adapter.name}", f"pip install {adapter.package}"
    version = _version(adapter.package)
    problem = _problem(adapter, manifest)
    if not problem:
        return Finding(name, True, f"{adapter.package} {version}".strip())
    if not version:
        return Finding(name, False, f"{adapter.package} is not installed; {adapter.lost}", install)
    if os.environ.get(_SWITCH):
        return Finding(name, False, f"switched off; {adapter.lost}", f"unset {_SWITCH}")
    cure = f"pip install --force-reinstall {adapter.package}"
    return Finding(name, False, f"{adapter.package} {version} is broken ({problem}); {adapter.lost}", cure)


def _problem(adapter: Adapter, manifest: Any) -> str:
    """Why an adapter cannot be used, or ""."""
    try:
        if any(known.name == adapter.name for known in manifest.adapters):
            manifest.adapter_module_from_name(adapter.name)
            return ""
        for plugin in metadata.distribution(adapter.package).entry_points.select(group=_GROUP):
            plugin.load()
    except Exception as error:  # noqa: BLE001 - whatever happens while somebody's module is imported
        return sentence(error)
    return "OpenTimelineIO does not find it"


def _others(manifest: Any) -> Finding:
    known = {adapter.name for adapter in manifest.adapters}
    here = [adapter for adapter in OTHERS if adapter.name in known]
    absent = [adapter for adapter in OTHERS if adapter.name not in known]
    lines = [f"also installed for otioconvert: {', '.join(adapter.name for adapter in here)}"] if here else []
    lines += [f"not installed and not needed: {', '.join(adapter.package for adapter in absent)}"] if absent else []
    formats = ", ".join(adapter.lost for adapter in OTHERS)
    return Finding("OTIO others", True, f"talkies handles {formats} itself; {'; '.join(lines)}")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
