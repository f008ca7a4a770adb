"""The free edition with a known timeline in it, the installed Lua script, and talkies' end of the line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import fake_resolve
from known_timelines import Known
from lua_menu import Menu

from talkies.plugin.resolve.installing import install
from talkies.plugin.resolve.lua_transport import LuaTransport
from talkies.plugin.resolve.places import LUA_NAME, requests_place


@dataclass
class FreeEdition:
    """``home`` stands for the variable of the environment in which the folder of the requests lies."""

    resolve: fake_resolve.Resolve
    fusion: fake_resolve.Fusion
    script: Path
    home: Path

    @classmethod
    def opened(cls, known: Known, folder: Path) -> FreeEdition:
        world = fake_resolve.World()
        world.studio = False
        install(folder / "scripts")
        resolve = fake_resolve.opened(known.write(folder), known.drop_frame, world)
        fusion = fake_resolve.Fusion(world, folder / "Fusion.prefs")
        return cls(resolve, fusion, folder / "scripts" / LUA_NAME, folder)

    @property
    def requests(self) -> Path:
        return Path(str(self.home) + requests_place()[1])

    def menu(self, *, hurried: bool = False) -> Menu:
        return Menu(self.resolve, self.fusion, self.script, {requests_place()[0]: str(self.home)}, hurried)

    def transport(self, *, noticed_s: float = 20) -> LuaTransport:
        return LuaTransport(self.requests, lambda: [self.fusion.file], poll_s=0.01, noticed_s=noticed_s)
