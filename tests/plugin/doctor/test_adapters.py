"""OpenTimelineIO's adapters, taken away and broken for real: a child Python whose packages are ours but for two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from talkies.plugin.doctor.adapters import ADAPTERS, OTHERS, adapters
from talkies.plugin.doctor.finding import Finding

LOOK = (
    "import json, site, sys; site.addsitedir(sys.argv[1])\n"
    "from talkies.plugin.doctor.adapters import adapters\n"
    "print(json.dumps([vars(finding) for finding in adapters()]))"
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of this Python, without the AAF adapter and with an XGES adapter that does not import."""
    folder = tmp_path_factory.mktemp("packages")
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not package.name.startswith(("otio_aaf_adapter", "otio_xges_adapter-", "otio_xges_adapter")):
            (folder / package.name).symlink_to(package)
    broken = next(Path(sysconfig.get_path("purelib")).glob("otio_xges_adapter-*.dist-info"))
    (folder / broken.name).symlink_to(broken)
    (folder / "otio_xges_adapter").mkdir()
    (folder / "otio_xges_adapter" / "__init__.py").write_text("import nowhere_to_be_found")
    return folder


def look(packages: Path, **environment: str) -> dict[str, Finding]:
    """What the doctor says in a Python with these packages; nothing else may be said."""
    command = [sys.executable, "-S", "-c", LOOK, str(packages)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
    assert run.returncode == 0 and run.stderr == "", run.stderr
    return {said["name"]: Finding(**said) for said in json.loads(run.stdout)}


def test_a_missing_and_a_broken_adapter_are_told_apart(packages: Path) -> None:
    found = look(packages)
    assert found["OTIO AAF"] == Finding(
        "OTIO AAF",
        False,
        "otio-aaf-adapter is not installed; AAF (Avid, Pro Tools) is not read",
        "pip install otio-aaf-adapter",
    )
    broken = found["OTIO xges"]
    assert not broken.works and broken.cure == "pip install --force-reinstall otio-xges-adapter"
    assert "is broken (ModuleNotFoundError: No module named 'nowhere_to_be_found')" in broken.detail
    assert broken.detail.endswith("; XGES (Pitivi) is not read")
    assert found["OTIO fcp_xml"].works


def test_an_adapter_whose_module_fails_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = {"OTIO_SCHEMA": "Adapter.1", "name": "AAF", "filepath": "aaf.py", "suffixes": ["aaf"]}
    (tmp_path / "manifest.json").write_text(json.dumps({"OTIO_SCHEMA": "PluginManifest.1", "adapters": [plugin]}))
    (tmp_path / "aaf.py").write_text("raise RuntimeError('no aaf2\\nhere')")
    monkeypatch.setenv("OTIO_PLUGIN_MANIFEST_PATH", str(tmp_path / "manifest.json"))
    broken = next(finding for finding in adapters() if finding.name == "OTIO AAF")
    assert not broken.works and "is broken (RuntimeError: no aaf2 here); AAF" in broken.detail


def test_switched_off_plugins_are_switched_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTIO_DISABLE_ENTRYPOINTS_PLUGINS", "1")
    for finding in adapters()[: len(ADAPTERS)]:
        assert not finding.works and finding.detail.startswith("switched off; ")
        assert finding.cure == "unset OTIO_DISABLE_ENTRYPOINTS_PLUGINS"


def test_a_manifest_of_anybodys_that_is_none_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("{")
    monkeypatch.setenv("OTIO_PLUGIN_MANIFEST_PATH", str(tmp_path / "manifest.json"))
    (finding,) = adapters()
    assert finding.name == "OTIO plugins" and not finding.works and "\n" not in finding.detail and finding.cure


def test_here_every_adapter_that_talkies_installs_works() -> None:
    *own, others = adapters()
    assert [finding.name for finding in own] == ["OTIO fcp_xml", "OTIO AAF", "OTIO xges", "OTIO talkies_subtitles"]
    assert all(finding.works and not finding.cure for finding in own)
    assert all(adapter.package in others.detail or adapter.name in others.detail for adapter in OTHERS)
