"""talkies worker: a child process for editors and the panel. One JSON object per line on stdin and stdout, no port.

    → {"id": 1, "method": "generate", "params": {"timeline": "reel.otio", "out": "reel.talkies.otio"}}
    ← {"id": 1, "event": "progress", "fraction": 0.4, "message": "effects for shot 1"}
    ← {"id": 1, "event": "result", "result": {...}}
    ← {"id": 1, "event": "error", "error": {"kind": "ArgumentError", "message": "...", "exit_code": 2}}

An id is a number or a text. Each request gets any number of ``progress``, ``warning``, ``failed`` and ``take`` events
and then exactly one ``result`` or ``error``. Methods: hello, inspect, generate, jobs, make, spot, sample, cancel,
engines, models, doctor, quit. ``hello`` says whether both sides fit together (core/hosts/handshake.py). ``make`` is
what the panel requests (core/generation/take_orders.py): takes in a folder, each told of when it is finished, and no
timeline. ``spot`` takes the same and finds spots instead (core/generation/spot_orders.py). ``jobs`` takes what
``generate`` does and lists the takes there will be (core/generation/job_list.py). ``sample`` makes a sentence in a
voice. One generation runs at a time, further ones wait; the others are answered meanwhile. When stdin ends, what was
asked for is finished first. When nobody reads stdout any more, the work is cancelled: finished takes stay, as they do
when this process dies.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.errors import ArgumentError, CancelledError, TalkiesError
from talkies.core.events import Event, Failed, Finished, Progress, TakeReady, Warned
from talkies.core.generation.job_list import JobsRequest, list_jobs
from talkies.core.generation.render import render
from talkies.core.generation.request import Request, did_you_mean
from talkies.core.generation.spot_orders import SpotRequest, find_spots
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.generation.voice_sample import SampleRequest, make_sample
from talkies.core.hosts.conversation import Conversation, Garbage, Message, Received
from talkies.core.hosts.conversation import Event as HeardEvent
from talkies.core.hosts.handshake import greeting
from talkies.core.timeline import read_timeline
from talkies.plugin.console import plain
from talkies.plugin.warm import Warm

Id = int | float | str | None

Work = Request | JobsRequest | TakeRequest | SpotRequest | SampleRequest
"""What is generated, one after the other."""

_PIECE = 1 << 16  # bytes read at once
_SHOWN = 200  # characters of an id, and of a name that is not known
_LARGEST_ID = 2**63


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no options: everything is in the requests."""


def run(options: argparse.Namespace) -> int:
    return serve_stdio()


def serve_stdio(engines: EngineLoader = load_engine) -> int:
    """Serves this process' stdin and stdout. Whatever a library prints goes to stderr: stdout is for JSON alone."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = iter(partial(os.read, os.dup(0), _PIECE), b"")
    sys.stdout = sys.stderr
    return Worker(answers, engines).serve(requests)


class Worker:
    """``engines`` makes the engine for a request; tests give their own."""

    def __init__(self, answers: BinaryIO, engines: EngineLoader = load_engine) -> None:
        self._answers, self._engines, self._warm = answers, engines, Warm(engines)
        self._conversation = Conversation()
        self._unfit: ArgumentError | None = None
        self._writing = threading.Lock()
        self._reader_left = threading.Event()
        self._jobs: queue.SimpleQueue[tuple[Id, Work, threading.Event] | None] = queue.SimpleQueue()
        self._open: dict[str, threading.Event] = {}
        self._methods: Mapping[str, Callable[[Any, Message], None]] = {
            "hello": self._hello,
            "inspect": self._inspect,
            "generate": lambda number, params: self._start(number, Request.from_mapping(params)),
            "jobs": lambda number, params: self._start(number, JobsRequest.from_mapping(params)),
            "make": lambda number, params: self._start(number, TakeRequest.from_mapping(params)),
            "spot": lambda number, params: self._start(number, SpotRequest(TakeRequest.from_mapping(params))),
            "sample": lambda number, params: self._start(number, SampleRequest.from_mapping(params)),
            "cancel": self._cancel,
            "engines": self._engine_list,
            "models": self._models,
            "doctor": self._doctor,
        }

    def serve(self, requests: Iterable[bytes]) -> int:
        """Answers until the input ends or ``quit`` comes; always returns 0. ``requests``: lines, in any pieces."""
        thread = threading.Thread(target=self._work, name="generate")
        thread.start()
        try:
            for data in chain(requests, (b"",)):
                events = self._conversation.receive(data)
                if self._reader_left.is_set() or not all(self._handle(event) for event in events):
                    break
        except KeyboardInterrupt:  # also what the command line makes of SIGTERM
            self._cancel_all()
            raise
        finally:
            self._jobs.put(None)
            thread.join()
        return 0

    def _handle(self, event: HeardEvent) -> bool:
        """Answers what was heard; False when it says goodbye."""
        match event:
            case Received(message):
                return self._answer(message)
            case Garbage():
                cure = 'send {"id": 1, "method": "...", "params": {}}, one object per line'
                self._fail(None, ArgumentError("request", event.problem, cure))
        return True

    def _answer(self, request: Message) -> bool:
        number: Id = None
        try:
            number, method = _id(request), str(request.get("method"))[:_SHOWN]
            if method == "quit":
                self._cancel_all()
                self._send(number, "result", result={})
                return False
            if method not in self._methods:
                raise ArgumentError(f"method {method!r}", "is not known", did_you_mean(method, self._methods))
            if self._unfit is not None and method != "hello":
                raise self._unfit
            self._methods[method](number, _params(request))
        except Exception as error:  # noqa: BLE001 - the client gets an answer, and the worker stays
            self._fail(number, error)
        return True

    def _hello(self, number: Id, params: Message) -> None:
        """A client that does not fit hears it of whatever it asks, until it says something else of itself."""
        try:
            answer = greeting(params)
        except ArgumentError as unfit:
            self._unfit = unfit
            raise
        self._unfit = None
        self._send(number, "result", result=answer)

    def _inspect(self, number: Id, params: Message) -> None:
        from talkies.plugin.commands.inspect import describe

        media_dir = _path(params, "media_dir") if params.get("media_dir") else None
        self._send(number, "result", result=describe(read_timeline(_path(params, "timeline"), media_dir)))

    def _models(self, number: Id, params: Message) -> None:
        from talkies.plugin.commands.models import describe_models

        self._send(number, "result", result=describe_models())

    def _engine_list(self, number: Id, params: Message) -> None:
        from talkies.plugin.commands.engines import describe_engines

        self._send(number, "result", result=describe_engines())

    def _doctor(self, number: Id, params: Message) -> None:
        from talkies.plugin.doctor import examine

        self._send(number, "result", result=[vars(finding) for finding in examine()])

    def _start(self, number: Id, wanted: Work) -> None:
        if _key(number) in self._open:
            raise ArgumentError(f"id {number!r}", "is still at work", "give every request an id of its own")
        self._open[_key(number)] = stop = threading.Event()
        self._jobs.put((number, wanted, stop))

    def _cancel(self, number: Id, params: Message) -> None:
        stop = self._open.get(_key(_id(params)))
        if stop is not None:
            stop.set()
        self._send(number, "result", result={"cancelled": stop is not None})

    def _cancel_all(self) -> None:
        for stop in list(self._open.values()):
            stop.set()

    def _work(self) -> None:
        """The thread that generates, one request after the other."""
        while (job := self._jobs.get()) is not None:
            number, wanted, stop = job
            try:
                self._run(number, wanted, stop)
            except Exception as error:  # noqa: BLE001 - likewise, and the next request gets its turn
                self._fail(number, error)
            finally:
                self._open.pop(_key(number), None)

    def _run(self, number: Id, wanted: Work, stop: threading.Event) -> None:
        reported: tuple[float, str] | None = None

        def watch(progress: Progress) -> None:
            nonlocal reported
            refuse_stopped()
            now = round(progress.fraction, 3), progress.message
            if now != reported:  # a thousand lines tell the whole way
                reported = now
                self._send(number, "progress", fraction=now[0], message=now[1])

        def refuse_stopped() -> None:
            if stop.is_set() or self._reader_left.is_set():
                raise CancelledError(subject, "was cancelled", "finished takes stay")

        subject = _subject(wanted)
        refuse_stopped()  # it may have waited long for its turn
        for event in self._events(wanted, watch):
            match event:
                case Progress():
                    watch(event)
                case Warned():
                    self._send(number, "warning", message=event.sentence)
                case TakeReady() if isinstance(wanted, TakeRequest):
                    self._send(number, "take", segment=event.take.segment_id, path=event.take.path)
                case Failed():
                    self._send(
                        number,
                        "failed",
                        segment=event.segment_id,
                        clip=event.clip,
                        stem=event.stem,
                        message=event.reason,
                        first_take=event.first_take,
                    )
                case Finished():
                    self._send(number, "result", result=event.report)

    def _events(self, wanted: Work, watch: Callable[[Progress], None]) -> Iterator[Event]:
        warm, heard = self._warm, self._warm.remembered
        if isinstance(wanted, Request):
            return render(wanted, load_engine=warm.engine, read=warm.shots, watch=watch, remembered=heard)
        if isinstance(wanted, JobsRequest):
            return list_jobs(wanted, read=warm.shots_for_next, load_engine=warm.engine, watch=watch)
        if isinstance(wanted, SampleRequest):
            return make_sample(wanted, load_engine=warm.engine, watch=watch)
        if isinstance(wanted, SpotRequest):
            return find_spots(wanted.order, read=warm.timeline, load_engine=warm.engine, watch=watch)
        return make_takes(wanted, read=warm.timeline, load_engine=warm.engine, watch=watch, remembered=heard)

    def _fail(self, number: Id, error: Exception) -> None:
        code = error.exit_code if isinstance(error, TalkiesError) else 2
        message = " ".join(str(error).split()) or type(error).__name__
        kind = type(error).__name__
        self._send(number, "error", error={"kind": kind, "message": message, "exit_code": code})

    def _send(self, number: Id, event: str, **content: Any) -> None:
        line = self._conversation.send({"id": number, "event": event, **content}, default=plain)
        with self._writing:
            try:
                self._answers.write(line)
                self._answers.flush()
            except (OSError, ValueError):
                self._reader_left.set()


def _subject(wanted: Work) -> Path | str:
    """What it is about, for a sentence."""
    if isinstance(wanted, SampleRequest):
        return wanted.subject
    wanted = wanted.order if isinstance(wanted, SpotRequest) else wanted
    return wanted.timeline if isinstance(wanted, Request) else wanted.request.timeline


def _params(request: Message) -> Message:
    params = request.get("params") or {}
    if not isinstance(params, dict):
        raise ArgumentError("params", "is not a JSON object")
    return params


def _path(params: Message, name: str) -> Path:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise ArgumentError(name, "is missing" if value in (None, "") else f"{value!r} is not a path")
    return Path(value)


def _id(message: Message) -> Id:
    """The id of a request, or that of another one in its parameters. Raises ArgumentError."""
    number = message.get("id")
    is_number = isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < _LARGEST_ID
    if number is None or is_number or (isinstance(number, str) and len(number) <= _SHOWN):
        return number
    raise ArgumentError("id", "is neither a number nor a short text", "give every request one of its own")


def _key(number: Id) -> str:
    return json.dumps(number)
