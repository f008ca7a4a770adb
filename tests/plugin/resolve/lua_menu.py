"""Resolve's Scripts menu in the free edition: LuaJIT (or Lua 5.1) with the gaps of its sandbox and a fake inside."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from fake_resolve import Fusion, Resolve, Thing

try:
    from lupa import luajit21 as lua_library
except ImportError:  # some wheels have no LuaJIT; its language is that of 5.1
    from lupa import lua51 as lua_library

__all__ = ["GAPS", "Menu", "lua_library"]

GAPS = ("io", "require", "package", "debug", "module", "jit", "ffi", "python", "newproxy")
OS_KEEPS = ("clock", "date", "difftime", "getenv", "time", "tmpname")


def _is_file(path: str) -> bool:
    return Path(path).is_file()


class Menu:
    """One press on the menu entry: the script runs in a thread until it ends. ``slept``: seconds it has waited.

    ``hurried``: it does not really wait, and its clock goes on by what it would have waited.
    """

    def __init__(
        self, resolve: Resolve, fusion: Fusion, script: Path, environment: dict[str, str], hurried: bool = False
    ) -> None:
        self.slept = 0.0
        self.problem: BaseException | None = None
        self._facade, self._environment, self._hurried = Facades(), environment, hurried
        self._script, self._resolve, self._fusion = script, resolve, fusion
        self.thread = threading.Thread(target=self._run, name="menu")
        self.thread.start()

    def _run(self) -> None:
        try:
            runtime = lua_library.LuaRuntime(unpack_returned_tuples=False, register_eval=False, encoding="utf-8")
            self._facade.runtime = runtime
            names = runtime.globals()
            names.resolve, names.fusion = self._facade.lua(self._resolve), self._facade.lua(self._fusion)
            names.bmd = runtime.table_from({"wait": self._wait, "fileexists": _is_file})
            kept = {name: names.os[name] for name in OS_KEEPS}
            names.os = runtime.table_from({**kept, "getenv": self._environment.get, "time": self._time})
            for gap in GAPS:
                names[gap] = None
            runtime.execute(self._script.read_text(encoding="utf-8"))
        except BaseException as problem:  # noqa: BLE001 - kept for the thread of the test
            self.problem = problem

    def _wait(self, seconds: float) -> None:
        """A tenth of the time is as good for a test."""
        self.slept += seconds
        if not self._hurried:
            time.sleep(seconds / 10)

    def _time(self) -> int:
        return int(time.time() + (self.slept if self._hurried else 0))

    def ended(self) -> bool:
        """Whether it ends by itself, and without an error."""
        self.thread.join(30)
        assert self.problem is None, self.problem
        return not self.thread.is_alive()


class Facades:
    """The fake's objects as Lua sees Resolve's: userdata with functions, lists that carry a flag, 1 for the first."""

    runtime: Any

    def lua(self, value: Any) -> Any:
        if isinstance(value, Thing):
            return Facade(value, self)
        if isinstance(value, list):
            table = self.runtime.table_from([self.lua(item) for item in value])
            table["__flags"] = 4194304
            return table
        if isinstance(value, dict):
            return self.runtime.table_from({key: self.lua(item) for key, item in value.items()})
        return value

    def python(self, value: Any) -> Any:
        if isinstance(value, Facade):
            return value.thing
        if lua_library.lua_type(value) == "table":
            keys = list(value.keys())
            if keys == list(range(1, len(keys) + 1)):
                return [self.python(value[key]) for key in keys]
            return {key: self.python(value[key]) for key in keys}
        return value


class Facade:
    """One object. Lua hands it over as the first argument of its own functions."""

    def __init__(self, thing: Thing, facades: Facades) -> None:
        self.thing, self.facades = thing, facades

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facade) and self.thing is other.thing

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.thing, name)
        if not callable(value):
            return value

        def function(me: Facade, *arguments: Any) -> Any:
            assert me is self, f"{name} was called with a dot, and Resolve wants a colon"
            return self.facades.lua(value(*map(self.facades.python, arguments)))

        return function
