"""The free edition: the installed Lua script in LuaJIT with the sandbox's gaps, the suite at its bridge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import fake_resolve
from host_suite import HostSuite
from known_timelines import Known
from lua_menu import Host as Menu

from talkies.core.bridge import BridgedHost
from talkies.core.host import Host
from talkies.plugin.resolve.installing import install
from talkies.plugin.resolve.lua_transport import LuaTransport
from talkies.plugin.resolve.places import LUA_NAME, requests_place


@dataclass
class Free:
    """The free edition with a timeline in it. ``menu`` runs the script once more."""

    resolve: fake_resolve.Resolve
    fusion: fake_resolve.Fusion
    script: Path
    home: Path

    @classmethod
    def opened(cls, known: Known, folder: Path) -> Free:
        world = fake_resolve.World()
        world.studio = False
        install(folder / "scripts")
        resolve = fake_resolve.opened(known.write(folder), known.drop_frame, world)
        fusion = fake_resolve.Fusion(world, folder / "Fusion.prefs")
        return cls(resolve, fusion, folder / "scripts" / LUA_NAME, folder)

    def menu(self) -> Menu:
        return Menu(self.resolve, self.fusion, self.script, {requests_place()[0]: str(self.home)})

    def transport(self, **options: float) -> LuaTransport:
        folder = Path(str(self.home) + requests_place()[1])
        return LuaTransport(folder, lambda: [self.fusion.file], **{"poll_s": 0.01, **options})


class TestFreeEdition(HostSuite):
    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        self.free = Free.opened(known, folder)
        menu, transport = self.free.menu(), self.free.transport()
        try:
            assert transport.connect() == "DaVinci Resolve 21.1.0.17"
            yield BridgedHost(transport.requests, transport.answers, folder / "exported", patience_s=60)
        finally:
            transport.close()
        assert menu.ended()
        assert self.free.resolve.world.dialogs == []

    def mixed(self, host: Host, folder: Path) -> Path:
        self.free.resolve.timeline.mix(folder / "mix.wav")  # type: ignore[union-attr]
        return folder / "mix.wav"
