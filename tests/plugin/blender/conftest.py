"""One Blender with the extension installed for all of these tests; each starts with an empty scene."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import blenders
import pytest
from blenders import Blender

from talkies.plugin.blender.packaging import install_into

TALKIES = Path(sys.executable).with_name("talkies")


@pytest.fixture(scope="session")
def running_blender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blender]:
    if why := blenders.missing():
        pytest.skip(why)
    resources = tmp_path_factory.mktemp("blender")
    install_into(resources / "extensions" / "user_default" / "talkies", TALKIES)
    config = resources / "without-backgrounds.toml"
    config.write_text('background = "off"\n')
    blender = Blender(resources, TALKIES_CONFIG=str(config))
    assert blender.call("enable")["enabled"]
    yield blender
    blender.close()


@pytest.fixture
def blender(running_blender: Blender) -> Blender:
    running_blender.call("variable", name="TALKIES", value="")
    running_blender.call("new")
    return running_blender
