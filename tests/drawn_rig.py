"""The rig of the drawn woman, by a mesh that was read once, so that it needs no network."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from portraits import drawn_woman

from talkies.core.portrait.mesh import Mesh
from talkies.core.portrait.rig import Rig

_MESH = Path(__file__).parent / "core" / "portrait" / "drawn_woman_mesh.npy"


def drawn_mesh() -> Mesh:
    return Mesh(np.load(_MESH, allow_pickle=False).astype(np.float64))


@lru_cache(maxsize=1)
def drawn_rig() -> Rig:
    return Rig(drawn_woman(), drawn_mesh())
