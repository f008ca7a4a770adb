"""Lua transport: Resolve's free edition over the bridge by way of two files, for a sandbox without io and sockets.

    core/hosts/bridge.py ──requests──► LuaTransport ──request.lua──► Talkies (free edition), in Resolve
    core/hosts/bridge.py ◄──answers─── LuaTransport ◄──Fusion.prefs── fusion:SetPrefs, SavePrefs

A request is a Lua program (inside/lua) with its data, written beside and renamed; an answer is a preference that reads
``session:id:hex of JSON``. What Lua cannot do in its sandbox is done here: looking for files, merging subtitles into
the exported timeline, copying takes that begin between two frames. Others have measured 1 to 6 ms for SavePrefs.
"""

from __future__ import annotations

import io
import json
import queue
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TextIO, cast

from talkies.core.errors import OutputError
from talkies.core.files.atomic import output_errors, part_file
from talkies.core.files.lock import locked
from talkies.plugin.resolve.inside import reading
from talkies.plugin.resolve.inside.conforming import ready
from talkies.plugin.resolve.inside.frames import Clock
from talkies.plugin.resolve.inside.refusal import RefusedError
from talkies.plugin.resolve.places import LUA_NAME, preferences, requests_folder

Message = dict[str, Any]

HOW: Final = f"in DaVinci Resolve choose Workspace ▸ Scripts ▸ {Path(LUA_NAME).stem}"
_LUA: Final = ("reading", "placing", "markers", "requests")
_ASSIGNED: Final = r'\b{} = "([^"]*)"'


class LuaTransport:
    """One conversation. ``requests`` and ``answers`` are what core.bridge.BridgedHost wants; see :meth:`connect`.

    ``noticed_s``: within which Resolve must take notice of a request; ``done_s``: answer it. All times in seconds.
    """

    def __init__(
        self,
        folder: Path | None = None,
        preferences: Callable[[], Sequence[Path]] = preferences,
        *,
        poll_s: float = 0.05,
        noticed_s: float = 20,
        done_s: float = 280,
        sign_s: float = 30,
    ) -> None:
        self._folder = folder if folder is not None else requests_folder()
        self._request = self._folder / "request.lua"
        self._preferences = preferences
        self._poll_s, self._noticed_s, self._done_s, self._sign_s = poll_s, noticed_s, done_s, sign_s
        self._session = secrets.token_hex(8)
        self._program = "\n".join((_folder_of_lua() / f"{name}.lua").read_text(encoding="utf-8") for name in _LUA)
        self._rate: Fraction | None = None
        self._count = 0
        self._asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._answered: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._working: threading.Thread | None = None
        self._closing, self._is_lost = threading.Event(), False
        self._lock = self._opened()
        self.requests, self.answers = cast(TextIO, _Requests(self._asked)), cast(TextIO, _Answers(self._answered))

    def connect(self, again_s: float = 2) -> str:
        """Waits until the script runs in Resolve, and says what it is: "DaVinci Resolve 21.1". Ctrl+C ends it.

        It is asked again every ``again_s``, for it answers nothing that was asked long before it came.
        """
        while True:
            with suppress(_UnheardError):
                answer = self._run("hello", {}, noticed_s=again_s)
                break
        if "result" not in answer:
            raise OutputError("DaVinci Resolve", str(answer["error"]["message"]), f"{HOW} again")
        name = str(answer["result"]["name"])
        self._working = threading.Thread(target=self._work, name="resolve", daemon=True)
        self._working.start()
        return name

    def close(self) -> None:
        """Says goodbye to the script and leaves nothing behind."""
        if self._working is not None:
            self._asked.put(None)
            self._closing.set()
            self._working.join()
            self._working = None
            self._closing.clear()
            with suppress(OutputError):
                self._write("goodbye = true")
                self._wait("TalkiesAnswer", lambda value: value == "", 0 if self._is_lost else 3)
        with suppress(OSError):
            self._request.unlink(missing_ok=True)
        self._lock.close()

    def _opened(self) -> Any:
        """The folder, private to this user, and a lock on it."""
        with output_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self._folder / ".lock").open("ab")
        if not locked(lock):
            lock.close()
            raise OutputError("DaVinci Resolve", "another talkies is connected to it", "close that one first")
        return lock

    def _work(self) -> None:
        """The thread that carries questions over; a sign of life keeps the script from leaving."""
        while True:
            try:
                line = self._asked.get(timeout=self._sign_s)
            except queue.Empty:
                with suppress(OutputError):
                    self._write("silent = true")
                continue
            if line is None:
                self._answered.put("")
                return
            self._answered.put(json.dumps(self._answer(json.loads(line))) + "\n")

    def _answer(self, question: Message) -> Message:
        method, params = question["method"], question["params"]
        ours = {
            "read_timeline": self._read_timeline,
            "audio_tracks": self._audio_tracks,
            "add_takes": self._add_takes,
            "add_pictures": self._add_pictures,
        }
        try:
            answer = ours[method](params) if method in ours else self._run(method, params)
        except RefusedError as refusal:
            answer = {"error": {"kind": refusal.kind, "message": refusal.sentence}}
        except _UnheardError:
            sentence = f"does not answer; close its open dialogs, and if that does not help: {HOW} again"
            answer = {"error": {"kind": "OutputError", "message": sentence}}
        except OutputError as error:
            answer = {"error": {"kind": "OutputError", "message": str(error)}}
        except Exception as error:  # noqa: BLE001 - whoever asked must not wait for ever
            sentence = f"sent an answer that talkies does not understand ({type(error).__name__}: {error}); {HOW} again"
            answer = {"error": {"kind": "OutputError", "message": sentence}}
        return {"id": question["id"], **answer}

    def _read_timeline(self, params: Message) -> Message:
        part = reading.part_in(str(params["folder"]))
        answer = self._run("read_timeline", {"part": part})
        if "result" not in answer:
            return answer
        found = answer["result"]
        clock = Clock(Fraction(found["rate"]), int(found["start"]), bool(found["drop_frame"]))
        name = reading.file_name(found["names"], str(found["identity"]))
        path = reading.finish(part, name, clock, found["subtitles"])
        return {"result": {"timeline": path, "drop_frame": clock.drop_frame}}

    def _audio_tracks(self, params: Message) -> Message:
        answer = self._run("audio_tracks", {})
        if "result" in answer:
            self._rate = Fraction(answer["result"]["rate"])
        return answer

    def _add_takes(self, params: Message) -> Message:
        if self._rate is None:
            refused = self._audio_tracks({})
            if self._rate is None:
                return refused
        rate = self._rate
        tracks = [dict(track, clips=[_for_lua(clip, rate) for clip in track["clips"]]) for track in params["tracks"]]
        return self._run("add_takes", {"tracks": tracks, "remove": params.get("remove", [])})

    def _add_pictures(self, params: Message) -> Message:
        tracks = [dict(track, clips=[_shown_in_lua(clip) for clip in track["clips"]]) for track in params["tracks"]]
        return self._run("add_pictures", {"tracks": tracks, "remove": params.get("remove", [])})

    def _run(self, method: str, params: Message, noticed_s: float | None = None) -> Message:
        """One request and its answer. Raises _UnheardError, OutputError."""
        request = as_lua({"method": method, "params": params})
        key = self._write(f"request = {request}", f"(function()\n{self._program}\nend)()")
        noticed = self._wait("TalkiesHeard", lambda value: value == key, noticed_s or self._noticed_s)
        answer = self._wait("TalkiesAnswer", lambda value: value.startswith(f"{key}:"), self._done_s if noticed else 0)
        with suppress(OSError):
            self._request.unlink(missing_ok=True)
        self._is_lost = answer is None
        if answer is None:
            raise _UnheardError
        return dict(json.loads(bytes.fromhex(answer.rpartition(":")[2]).decode("utf-8", "replace")))

    def _write(self, fields: str, program: str = "nil") -> str:
        """A new request in the place of the last one; the key of its answer. ``fields``: Lua, as is ``program``."""
        self._count += 1
        head = f'session = "{self._session}", id = {self._count}, written = {int(time.time())}'
        text = (
            f"local program = {program}\n"
            f"local job = {{ {head}, {fields} }}\n"
            "function job.run(resolve, memory) return program(resolve, memory, job.request) end\n"
            "return job\n"
        )
        with part_file(self._request) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
        return f"{self._session}:{self._count}"

    def _wait(self, key: str, wanted: Callable[[str], bool], seconds: float) -> str | None:
        """What the script says in a preference, as soon as it is what is wanted; None when it never is."""
        pattern, until = re.compile(_ASSIGNED.format(key)), time.monotonic() + seconds
        seen: dict[Path, tuple[int, int, int]] = {}
        while True:
            for file in self._preferences():
                with suppress(OSError):
                    facts = file.stat()
                    state = facts.st_ino, facts.st_mtime_ns, facts.st_size
                    if seen.get(file) == state:
                        continue
                    seen[file] = state
                    found = pattern.search(file.read_text(encoding="utf-8", errors="replace"))
                    if found and wanted(found[1]):
                        return found[1]
            if time.monotonic() > until or self._closing.wait(self._poll_s):
                return None


class _UnheardError(Exception):
    """Nobody in Resolve has taken notice."""


class _Requests(io.TextIOBase):
    """A text stream that takes lines."""

    def __init__(self, lines: queue.SimpleQueue[str | None]) -> None:
        self._lines = lines

    def write(self, text: str) -> int:
        self._lines.put(text)
        return len(text)


class _Answers(io.TextIOBase):
    """A text stream that gives lines, and "" at its end."""

    def __init__(self, lines: queue.SimpleQueue[str]) -> None:
        self._lines = lines

    def readline(self, limit: int = -1) -> str:  # type: ignore[override]
        return self._lines.get()


def _for_lua(clip: Message, rate: Fraction) -> Message:
    """A clip whose file is there and begins on a frame; ``begin``: where on the timeline. Raises RefusedError."""
    return _known_to_lua(ready(clip, rate))


def _shown_in_lua(clip: Message) -> Message:
    """A picture, which begins on a frame as it is. Raises RefusedError."""
    if not Path(clip["file"]).is_file():
        raise RefusedError("OutputError", f"{clip['file']}: is not there; generate the take again")
    return _known_to_lua(clip)


def _known_to_lua(clip: Message) -> Message:
    start = Fraction(clip["start"])
    facts = {"begin": str(start - Fraction(clip["head_handle"])), "end": str(start + Fraction(clip["duration"]))}
    known = {key: clip[key] for key in ("name", "file", "start")}
    return {**known, **facts, "facts": json.dumps(clip.get("metadata", {}))}


def as_lua(value: Any) -> str:
    """Plain data as Lua writes it. Text is ASCII with every other byte as a number, so that nothing in it can act."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        plain = (chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03d}" for byte in value.encode())
        return '"' + "".join(plain) + '"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{as_lua(key)}] = {as_lua(item)}" for key, item in value.items()) + "}"
    return "{" + ", ".join(as_lua(item) for item in value) + "}"


def _folder_of_lua() -> Path:
    return Path(__file__).parent / "inside" / "lua"
