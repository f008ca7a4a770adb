"""The server: an assistant's calls on standard input become requests to a worker process, and its answers theirs.

    assistant ──► tools/call ──► Server ──► Helper ──► talkies worker
              ◄── progress, result ◄──────────────────┘

What plans, spots or makes waits its turn at one worker; looking is answered meanwhile by another. A call that is
cancelled ends as Ctrl+C does: finished takes stay.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelled
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import Any, Final

import anyio
import mcp_types as types
from anyio import from_thread, to_thread
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from talkies.core.batch.helper import Answer, Helper, WorkerError
from talkies.core.errors import CancelledError
from talkies.core.generation.request import did_you_mean
from talkies.plugin.commands.assistants.tools import AssistantTool, tools

Context = ServerRequestContext[Any, Any]

AT_ONCE: Final = ("inspect", "engines", "models", "doctor")
"""Methods that never wait for a generation."""
_INTERRUPTED: Final = 130
_WORKER: Final = (sys.executable, "-m", "talkies.plugin.cli", "worker")
_CURE: Final = "call it again; 'talkies doctor' tells what is wrong with this machine"
_ABOUT: Final = (
    "talkies gives silent pictures their sound inside an editor's timeline. Look at a timeline with 'inspect' first; "
    "paths count from the folder that the server was started in."
)


async def serve() -> None:
    """Answers on standard input and output until the assistant leaves."""
    desk = Desk()
    server: Server[Any] = Server(
        "talkies",
        version=version("talkies"),
        instructions=_ABOUT,
        on_list_tools=desk.list_tools,
        on_call_tool=desk.call_tool,
    )
    async with anyio.create_task_group() as group:
        if sys.platform != "win32":
            group.start_soon(_leave_on_signal, desk)
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
        group.cancel_scope.cancel()
    await to_thread.run_sync(desk.close)


async def _leave_on_signal(desk: Desk) -> None:
    """Ctrl+C and SIGTERM: the workers end, and so do we, whoever still waits for a line of the assistant's."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            await to_thread.run_sync(desk.close)
            os._exit(_INTERRUPTED)


class Desk:
    """Two workers, each asked one thing at a time."""

    def __init__(self) -> None:
        make = partial(Helper, _WORKER, os.cpu_count() or 1, client="assistant", cure=_CURE)
        self._workers = {"looking": make(), "making": make()}
        self._turns = {name: anyio.Lock() for name in self._workers}

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()

    async def list_tools(self, context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_told(tool) for tool in tools().values()])

    async def call_tool(self, context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = tools().get(params.name)
        if tool is None:
            return _refused(f"there is no tool {params.name[:80]!r}; {did_you_mean(params.name, tools())}")
        for name in params.arguments or {}:
            if name not in tool.parameters:
                cure = did_you_mean(name, tool.parameters)
                return _refused(f"{name[:80]!r} is not a parameter of {tool.name}; {cure}")
        try:
            answer = await self._ask(context, tool, {**tool.usual, **(params.arguments or {})})
        except (WorkerError, CancelledError) as error:
            return _refused(str(error))
        said = _plain(answer.result | ({"failed": answer.failed} if answer.failed else {}))
        text = json.dumps(said, ensure_ascii=False)
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=said)

    async def _ask(self, context: Context, tool: AssistantTool, given: dict[str, Any]) -> Answer:
        """Raises WorkerError and CancelledError; a call that the assistant cancels ends the worker's request."""
        name, stop = "looking" if tool.method in AT_ONCE else "making", threading.Event()
        async with self._turns[name]:
            ask = partial(self._workers[name].ask, tool.method, given, stop.is_set, _telling(context))
            done, answers = anyio.Event(), list[Answer | Exception]()

            async def work() -> None:
                try:
                    answers.append(await to_thread.run_sync(ask))
                except (WorkerError, CancelledError) as error:
                    answers.append(error)
                done.set()

            async with anyio.create_task_group() as group:
                group.start_soon(work)
                try:
                    await done.wait()
                finally:
                    stop.set()
        if isinstance(answers[0], Exception):
            raise answers[0]
        return answers[0]


def _telling(context: Context) -> Callable[[float, str], None]:
    """Tells the assistant how far its call is, from the thread that hears the worker."""

    def tell(fraction: float, message: str) -> None:
        with suppress(FutureCancelled, anyio.ClosedResourceError, anyio.BrokenResourceError):  # it does not listen
            from_thread.run(context.session.report_progress, fraction, 1.0, message)

    return tell


def _told(tool: AssistantTool) -> types.Tool:
    hints = types.ToolAnnotations(
        read_only_hint=not tool.changes, destructive_hint="replace" in tool.parameters and tool.changes,
        open_world_hint=False,
    )  # fmt: skip
    return types.Tool(name=tool.name, description=tool.description, input_schema=tool.schema, annotations=hints)


def _refused(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=_plain(sentence))], is_error=True)


def _plain(value: Any) -> Any:
    """The same as JSON and UTF-8 can say it: names of files may be no text, and numbers none."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_plain(str(name)): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
