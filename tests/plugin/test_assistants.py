"""talkies mcp, asked by the protocol's own client: a real server in a process, with a real worker behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from films import write_movie, write_reel
from reels import shot, write

from talkies.core.generation.request import Request
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks
from talkies.plugin.cli import main
from talkies.plugin.commands.assistants.tools import tools

pytest.importorskip("mcp", reason="the extra is not installed")
import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

pytestmark = pytest.mark.slow
CUES = [(2, 10, "ANNA: Hello there.")]


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    write_movie(tmp_path / "film.mp4", 2)
    return write_reel(tmp_path / "reel.otio", ["film.mp4"], cues=CUES, start=25)


def with_server(folder: Path, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    """Talks to a server that was started in a folder."""

    async def session() -> None:
        home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PATH": os.environ["PATH"]}
        path = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
        arguments = ["-m", "talkies.plugin.cli", "mcp"]
        server = StdioServerParameters(command=sys.executable, args=arguments, env=home | path, cwd=folder)
        async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as client:
            await client.initialize()
            await talk(client)

    anyio.run(session)


def text_of(result: Any) -> str:
    return "".join(each.text for each in result.content)


def test_an_assistant_looks_plans_and_gives_a_film_its_sound(reel: Path) -> None:
    told: list[tuple[float, str]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        assert total == 1.0
        told.append((progress, message or ""))

    async def talk(client: ClientSession) -> None:
        offered = await client.list_tools()
        assert {tool.name for tool in offered.tools} == set(tools())
        seen = await client.call_tool("inspect", {"timeline": "reel.otio"})
        assert not seen.is_error and json.loads(text_of(seen)) == seen.structured_content
        assert [segment["id"] for segment in seen.structured_content["segments"]] == ["V1-001"]
        asked = {"timeline": "reel.otio", "out": "out.otio", "task": "music", "music": {"ensemble": "piano"}}
        plan = await client.call_tool("plan", asked)
        made = await client.call_tool("generate", asked, progress_callback=note)
        names = [job["name"] for job in plan.structured_content["jobs"]]
        assert names and names == [take["name"] for take in made.structured_content["takes"]]

    with_server(reel.parent, talk)
    assert our_tracks(read_timeline(reel.with_name("out.otio")))
    assert told and told == sorted(told, key=lambda each: each[0])


def test_what_cannot_be_done_is_one_sentence_and_the_next_call_is_answered(reel: Path) -> None:
    async def talk(client: ClientSession) -> None:
        for tool, given, words in (
            ("inspect", {"timeline": "nowhere.otio"}, "nowhere.otio"),
            ("generate", {"timeline": "reel.otio", "out": "out.otio", "task": "smell"}, "unknown task 'smell'"),
            ("generate", {"timeline": "reel.otio", "out": "out.otio", "promt": "x"}, "did you mean 'prompt'?"),
            ("inspect", {"timeline": "film.mp4", "rate": "18"}, "'rate' is not a parameter of inspect"),
            ("generate", {"timeline": "reel.otio", "out": "out.otio", "rate": "0"}, "--rate: 0.0 is out of range"),
            ("dance", {}, "there is no tool 'dance'"),
        ):
            refused = await client.call_tool(tool, given)
            assert refused.is_error and words in text_of(refused) and "Traceback" not in text_of(refused)
        assert not (await client.call_tool("list_engines", {})).is_error

    with_server(reel.parent, talk)


def test_a_call_that_is_cancelled_ends_and_the_next_one_is_answered(reel: Path) -> None:
    async def talk(client: ClientSession) -> None:
        begun = anyio.Event()

        async def note(progress: float, total: float | None, message: str | None) -> None:
            begun.set()

        asked = {"timeline": "reel.otio", "out": "out.otio", "takes": 40}

        async def ask() -> None:
            await client.call_tool("generate", asked, progress_callback=note)

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await begun.wait()
            group.cancel_scope.cancel()
        found = await client.call_tool("spot", {"timeline": "reel.otio"})
        assert not found.is_error and "spots" in found.structured_content, text_of(found)
        assert not reel.with_name("out.otio").exists()

    with_server(reel.parent, talk)


def test_a_film_in_one_piece_is_cut_as_the_command_line_cuts_it(reel: Path) -> None:
    write(reel.with_name("two.mkv"), [*shot(11, 40), *shot(13, 40)])

    async def talk(client: ClientSession) -> None:
        plan = await client.call_tool("plan", {"timeline": "two.mkv", "out": "two.otio", "task": "foley"})
        assert {job["segment"] for job in plan.structured_content["jobs"]} == {"V1-001", "V1-002"}

    with_server(reel.parent, talk)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_name_that_is_no_text_is_told_and_the_server_stays(reel: Path) -> None:
    folder = reel.parent / os.fsdecode(b"archiv\xe4")
    folder.mkdir()
    reel.with_name("film.mp4").rename(folder / "film.mp4")

    async def talk(client: ClientSession) -> None:
        for _ in range(2):
            seen = await client.call_tool("inspect", {"timeline": "reel.otio", "media_dir": "."})
            assert "archiv\\udce4" in seen.structured_content["segments"][0]["media"]
            assert json.loads(text_of(seen)) == seen.structured_content

    with_server(reel.parent, talk)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends it")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_though_nobody_says_goodbye(reel: Path, sent: signal.Signals) -> None:
    command, pipe = [sys.executable, "-m", "talkies.plugin.cli", "mcp"], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=reel.parent) as server:
        assert server.stdin is not None and server.stdout is not None and server.stderr is not None
        said = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": said}) + "\n")
        server.stdin.flush()
        assert "talkies" in server.stdout.readline()
        server.send_signal(sent)
        assert server.wait(timeout=60) == 130
        assert server.stderr.read() == ""


def test_every_field_of_a_request_is_offered_with_the_command_lines_words() -> None:
    offered = tools()["generate"].schema["properties"]
    assert set(offered) == set(Request.__dataclass_fields__)
    assert [name for name, schema in offered.items() if not schema.get("description")] == ["music"]
    assert all(schema.get("description") for schema in offered["music"]["properties"].values())


def test_without_the_extra_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "talkies.plugin.commands.assistants.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp_types", None)
    assert main(["mcp"]) == 2
    assert "pip install 'talkies[mcp]'" in capsys.readouterr().err
