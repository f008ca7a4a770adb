"""A session with a guest: its process and the talk with it, with a limit for everything that it may take long over."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from talkies.core.engines.guests.found import Guest
from talkies.core.engines.guests.launching import launched
from talkies.core.engines.guests.talk import (
    PROTOCOL,
    Advanced,
    Answered,
    Block,
    Ended,
    Garbled,
    Noted,
    Refused,
    Said,
    Talk,
)
from talkies.core.errors import EngineError
from talkies.core.hosts.conversation import Message

_TICK_S = 0.1


@dataclass(frozen=True)
class Limits:
    """Seconds without a word: until it has said ``hello``, while it loads; until a cancelled job has ended; and that
    ``hello`` or loading may take in all, however much is said meanwhile."""

    hello_s: float = 60.0
    load_s: float = 600.0
    cancel_s: float = 1.0
    ready_s: float = 3600.0


class Session:
    """One process of a guest, and its folder, which is gone when the session is closed."""

    def __init__(self, guest: Guest, limits: Limits = Limits()) -> None:
        self.guest, self.limits = guest, limits
        self.folder = Path(tempfile.mkdtemp(prefix="talkies-engine-")).resolve()
        self._talk = Talk()
        ports = guest.manifest is not None and guest.manifest.network
        try:
            self.program = launched(guest.argv, self.folder, ports=ports)
        except (OSError, ValueError) as error:  # a word that no program can be told
            shutil.rmtree(self.folder, ignore_errors=True)
            why = error.strerror if isinstance(error, OSError) else error
            raise self._failed(f"cannot be started ({why})", "check its installation") from error
        self.is_open = True

    def hello(self, watch: Callable[[], None] = lambda: None) -> Message:
        """What it says of itself; ``manifest`` among it. Raises EngineError."""
        greeting = {"protocol": PROTOCOL, "version": version("talkies")}
        said = self.answer("hello", greeting, self.limits.hello_s, watch)
        if said.get("protocol") != PROTOCOL:
            self.close()
            raise self._failed(f"speaks another protocol than {PROTOCOL}", "update it, or talkies")
        return said

    def answer(
        self, method: str, params: Message, patience_s: float, watch: Callable[[], None] = lambda: None
    ) -> Message:
        """The result of a question; ``watch`` is called while it is waited for, and may raise. Raises EngineError."""
        until = time.monotonic() + self.limits.ready_s
        for said in self.ask(method, params, patience_s):
            if isinstance(said, Answered):
                return said.result
            if time.monotonic() > until:
                self._drop()
                raise self._failed(f"was not ready after {self.limits.ready_s:g} s", "it was ended")
            watch()
        raise AssertionError("an answer or an error ends every question")

    def ask(
        self, method: str, params: Message, patience_s: float
    ) -> Iterator[Advanced | Noted | Block | Answered | None]:
        """What it says until it has answered; None whenever it has said nothing for a tenth of a
        second, or nothing that means anything.

        Raises EngineError: it refuses, and can be asked again; or it is silent for ``patience_s``, says what means
        nothing or ends, and then the session is closed.
        """
        self.program.say(self._talk.ask(method, params))
        for said in self._heard(patience_s):
            match said:
                case Refused(reason):
                    raise self._failed(f"refuses: {reason}")
                case Answered():
                    yield said
                    return
                case Advanced() | Noted() | Block() | None:
                    yield said

    def cancel(self) -> None:
        """Takes the last question back; the session is closed where its answer does not come at once."""
        if not self.is_open:
            return
        self.program.say(self._talk.cancel())
        until = time.monotonic() + self.limits.cancel_s
        try:
            for said in self._heard(self.limits.cancel_s):
                if isinstance(said, Answered | Refused):
                    return
                if time.monotonic() > until:
                    break
        except EngineError:
            return
        self.close()

    def close(self) -> None:
        """Ends the process, with force where it does not go, and removes its folder."""
        if self.is_open:
            self.is_open = False
            self.program.say(self._talk.quit())
            self.program.end(self.limits.cancel_s)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _heard(self, patience_s: float) -> Iterator[Said | None]:
        """What it says, without end. Raises EngineError, and closes the session, where nothing more is to come."""
        last = time.monotonic()
        while True:
            data, meant = self.program.hear(min(_TICK_S, patience_s)), False
            for said in self._talk.receive(data) if data is not None else ():
                if isinstance(said, Garbled):
                    self._drop()
                    raise self._failed(said.problem, "it was ended; what people are told belongs on standard error")
                if isinstance(said, Ended):
                    how = self.program.how_it_ended()
                    self._drop()
                    raise self._failed(f"ended {how} before it had answered")
                last, meant = time.monotonic(), True
                yield said
            if meant:
                continue
            if time.monotonic() - last > patience_s:  # empty lines, or what nobody has asked, are nothing
                self._drop()
                raise self._failed(f"said nothing for {patience_s:g} s", "it was ended, and is started anew")
            yield None

    def _drop(self) -> None:
        """Ends at once what has shown that it cannot be relied on."""
        if self.is_open:
            self.is_open = False
            self.program.end()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _failed(self, problem: str, cure: str = "") -> EngineError:
        return EngineError(f"engine {self.guest.name}", problem, cure)
