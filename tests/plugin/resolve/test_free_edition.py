"""The free edition: the installed Lua script in LuaJIT with the sandbox's gaps; the suite, and how the loop ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from free_edition import FreeEdition
from host_suite import HostSuite
from known_timelines import NTSC, Known
from lua_menu import GAPS, Menu, lua_library
from picture_suite import PictureSuite

from talkies.core.errors import OutputError
from talkies.core.hosts.bridge import BridgedHost
from talkies.core.hosts.host import Host
from talkies.plugin.resolve.lua_transport import as_lua


class TestFreeEdition(HostSuite, PictureSuite):
    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        self.free = FreeEdition.opened(known, folder)
        menu, transport = self.free.menu(), self.free.transport()
        try:
            assert transport.connect() == "DaVinci Resolve 21.1.0.17"
            yield BridgedHost(transport.requests, transport.answers, folder / "exported", timeout_s=60)
        finally:
            transport.close()
        assert menu.ended()
        assert self.free.resolve.world.dialogs == []

    def mixed(self, host: Host, folder: Path) -> Path:
        assert self.free.resolve.timeline is not None
        self.free.resolve.timeline.mix(folder / "mix.wav")
        return folder / "mix.wav"


@pytest.fixture
def free(tmp_path: Path) -> FreeEdition:
    return FreeEdition.opened(NTSC, tmp_path)


def test_the_sandbox_has_its_gaps(free: FreeEdition) -> None:
    """What these tests prove depends on it: the script would end with an error at the first use of one of them."""
    for gap in GAPS:
        free.script.write_text(f"assert({gap} == nil and os.execute == nil and os.remove == nil)", encoding="utf-8")
        assert free.menu().ended()


def test_goodbye_leaves_nothing_behind(free: FreeEdition) -> None:
    menu, transport = free.menu(), free.transport()
    transport.connect()
    assert 'TalkiesAnswer = "' in free.fusion.file.read_text()
    transport.close()
    assert menu.ended()
    assert 'TalkiesAnswer = ""' in free.fusion.file.read_text()
    assert [path.name for path in free.requests.iterdir()] == [".lock"]


def test_without_talkies_the_script_ends_by_itself(free: FreeEdition) -> None:
    menu = free.menu(hurried=True)
    assert menu.ended()
    assert 115 < menu.slept < 125


def test_choosing_it_once_more_takes_over(free: FreeEdition) -> None:
    first, transport = free.menu(), free.transport()
    transport.connect()
    second = free.menu()
    assert first.ended()
    transport.requests.write(json.dumps({"id": 9, "method": "audio_tracks", "params": {}}) + "\n")
    assert json.loads(transport.answers.readline())["result"]["tracks"][0]["name"] == "Wild track"
    transport.close()
    assert second.ended()


def test_either_may_be_started_first(free: FreeEdition) -> None:
    menus: list[Menu] = []
    transport = free.transport()
    later = threading.Timer(0.3, lambda: menus.append(free.menu()))
    later.start()
    assert transport.connect(again_s=0.1) == "DaVinci Resolve 21.1.0.17"
    transport.close()
    later.join()
    assert menus[0].ended()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "return",
        "return {",
        "error('no')",
        "return {session = 'a', id = 1, run = 5, written = os.time()}",
        "return {session = 'a', id = 1, written = os.time() - 3600, run = function(resolve) resolve.Broken() end}",
        "return {session = 'a', id = 1, written = os.time() + 3600, run = function(resolve) resolve.Broken() end}",
        "return {session = 'a', id = 1, run = function(resolve) resolve.Broken() end}",
    ],
)
def test_half_a_request_and_one_of_yesterday_are_not_run(free: FreeEdition, content: str) -> None:
    free.requests.mkdir(parents=True)
    (free.requests / "request.lua").write_text(content, encoding="utf-8")
    menu = free.menu()
    while menu.slept < 0.3:  # it has looked three times
        time.sleep(0.01)
    assert not free.fusion.file.exists()
    transport = free.transport()
    transport.connect()
    transport.close()
    assert menu.ended()


def test_a_broken_request_is_answered_and_the_loop_goes_on(free: FreeEdition) -> None:
    menu, transport = free.menu(), free.transport()
    transport.connect()
    for method in ("nonsense", "move_playhead"):
        transport.requests.write(json.dumps({"id": 3, "method": method, "params": {}}) + "\n")
        answer = json.loads(transport.answers.readline())
        assert answer["error"]["message"].startswith("DaVinci Resolve failed")
    transport.close()
    assert menu.ended()


def test_a_resolve_that_cannot_say_its_name_is_one_sentence(free: FreeEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(free.resolve), "GetProductName", None)
    menu, transport = free.menu(), free.transport()
    with pytest.raises(OutputError, match=r"DaVinci Resolve failed.*Workspace"):
        transport.connect()
    free.fusion.SetPrefs("Global.Talkies.Loop", "another")
    assert menu.ended()
    transport.close()


def test_a_script_that_is_gone_is_missed_in_one_sentence(free: FreeEdition) -> None:
    menu, transport = free.menu(), free.transport(noticed_s=0.1)
    transport.connect()
    free.fusion.SetPrefs("Global.Talkies.Loop", "another")
    assert menu.ended()
    transport.requests.write(json.dumps({"id": 3, "method": "undo", "params": {}}) + "\n")
    sentence = json.loads(transport.answers.readline())["error"]["message"]
    assert "Workspace ▸ Scripts ▸ Talkies (free edition)" in sentence
    transport.close()


def test_two_talkies_do_not_speak_at_once(free: FreeEdition) -> None:
    transport = free.transport()
    with pytest.raises(OutputError, match="another talkies"):
        free.transport()
    transport.close()
    free.transport().close()


EVERY_CHARACTER = "".join(map(chr, range(0x250))) + "語🎬"


@pytest.mark.parametrize(
    "value",
    [EVERY_CHARACTER, '" .. os.exit() .. "', "]]; os.exit() --", "\\", "\\065", "1\n2", "", True, False, -7, 2**31, 0.1,
     {EVERY_CHARACTER: {"nested": EVERY_CHARACTER}}],
)  # fmt: skip
def test_no_text_acts_in_lua(value: Any) -> None:
    runtime = lua_library.LuaRuntime(encoding="utf-8")
    assert as_python(runtime.execute(f"return {as_lua(value)}")) == value


def as_python(value: Any) -> Any:
    return {key: as_python(item) for key, item in value.items()} if lua_library.lua_type(value) == "table" else value
