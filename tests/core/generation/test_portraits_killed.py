"""A run that is killed while it makes a portrait: the next one goes on, and nothing half made is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from speaking_stills import NumberedPictures, numbered_portraits, numbers_in, portrayed, write_stills

__all__ = ["numbered_portraits"]

KILLED = """
import os, sys
from pathlib import Path
import speaking_stills
from talkies.core.engines import pictures

class Dying(speaking_stills.NumberedPictures):
    def make(self, brief, path, on_share):
        if brief.segment.id == "V1-003":
            path.write_bytes(b"half a movie")
            os._exit(9)
        return super().make(brief, path, on_share)

speaking_stills.Dying = Dying
pictures.PICTURE_MAKERS["rig"] = "speaking_stills:Dying"
speaking_stills.portrayed(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.usefixtures("numbered_portraits")
def test_the_next_run_goes_on_and_leaves_nothing(tmp_path: Path) -> None:
    reel, out = write_stills(tmp_path), tmp_path / "out.otio"
    before = {path.name for path in tmp_path.iterdir()}
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, str(reel), str(out)]
    assert subprocess.run(command, env=paths, check=False).returncode == 9
    assert not out.exists()
    assert (tmp_path / "out.takes.part" / "PX_V1-003_shot-3_t01.mp4.talkies.part").is_file()
    done = portrayed(reel, out)
    assert "3 takes kept from the run before, which ended early" in done.report["warnings"]
    assert [brief.segment.id for brief in NumberedPictures.asked] == ["V1-003"]
    assert {path.name for path in tmp_path.iterdir()} == before | {"out.otio", "out.takes"}
    assert [len(numbers_in(take.path)) for take in done.takes if take.is_picture] == [75, 50]
