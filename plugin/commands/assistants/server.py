"""The server: an assistant's calls on standard input become requests to a worker process, and its answers theirs.

    assistant ──► tools/call ──► Server ──► Helper ──► talkies worker
              ◄── progress, result ◄──────────────────┘

What generates waits its turn at one worker; what only looks is answered meanwhile by another. A call that is cancelled
ends as Ctrl+C does: finished takes stay.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
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
from talkies.plugin.commands.assistants.tools import AssistantTool, tools

Context = ServerRequestContext[Any, Any]

AT_ONCE: Final = ("inspect", "engines", "models", "doctor")
"""Methods that never wait for a generation."""
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
    try:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
    finally:
        await to_thread.run_sync(desk.close, abandon_on_cancel=False)


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
            return _refused(f"there is no tool {params.name[:80]!r}; there are {', '.join(tools())}")
        try:
            answer = await self._ask(context, tool, {**tool.usual, **(params.arguments or {})})
        except (WorkerError, CancelledError) as error:
            return _refused(str(error))
        said = answer.result | ({"failed": answer.failed} if answer.failed else {})
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
        from_thread.run(context.session.report_progress, fraction, 1.0, message)

    return tell


def _told(tool: AssistantTool) -> types.Tool:
    hints = types.ToolAnnotations(read_only_hint=not tool.changes, destructive_hint=False, open_world_hint=False)
    return types.Tool(name=tool.name, description=tool.description, input_schema=tool.schema, annotations=hints)


def _refused(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=sentence)], is_error=True)
