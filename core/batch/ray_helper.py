"""Workers on a Ray cluster (the extra ``ray``): each is an actor, somewhere, that holds a worker process.

Everything else stays with whoever runs the batch: which reel comes next, the ledger, the table. Reels and OUT must be
on a disk that all nodes see under the same names, and talkies be installed on each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from talkies.core.batch.helper import Answer, Helper, WorkerError
from talkies.core.errors import CancelledError, MissingExtraError, OutputError

_TICK_S = 0.5
_QUIT_S = 30.0
_STOP_S = 5.0


class Node:
    """What runs on a node: a helper, and how far it is."""

    def __init__(self, command: Sequence[str], threads: int) -> None:
        self._helper, self._share = Helper(command, threads), (0.0, "")
        self._is_stopped = False

    def ask(self, method: str, params: Mapping[str, Any]) -> Answer | str:
        """The answer, or the sentence why there is none."""
        self._share = 0.0, ""
        try:
            return self._helper.ask(method, params, lambda: self._is_stopped, self._watch)
        except (WorkerError, CancelledError) as error:
            return str(error)

    def share(self) -> tuple[float, str]:
        """How much of the request is done, and what is going on."""
        return self._share

    def stop(self) -> None:
        """Whatever it does ends; so does its process."""
        self._is_stopped = True

    def close(self) -> None:
        """Ends its process, once it does nothing."""
        self._helper.close()

    def _watch(self, fraction: float, message: str) -> None:
        self._share = fraction, message


class RayHelper:
    """As :class:`Helper`, on whatever node has ``threads`` processors to spare."""

    def __init__(self, command: Sequence[str], threads: int) -> None:
        self._command, self._threads = command, threads
        self._node: Any = None

    def ask(
        self,
        method: str,
        params: Mapping[str, Any],
        stopped: Callable[[], bool],
        watch: Callable[[float, str], None] = lambda fraction, message: None,
    ) -> Answer:
        """As :meth:`Helper.ask`. Raises WorkerError, CancelledError."""
        import ray

        node = self._node = self._node or self._started()
        asked = node.ask.remote(method, dict(params))
        try:
            while not ray.wait([asked], timeout=_TICK_S)[0]:
                if stopped():
                    self._stop(node, asked)
                    raise CancelledError(method, "was stopped", "finished takes stay")
                with contextlib.suppress(ray.exceptions.GetTimeoutError):
                    watch(*ray.get(node.share.remote(), timeout=_TICK_S))
            answer = ray.get(asked)
        except ray.exceptions.RayError as error:
            if stopped():
                raise CancelledError(method, "was stopped", "finished takes stay") from error
            self._node = None
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise WorkerError("node", f"its node was lost ({said[:200]})", "use --retry") from error
        if isinstance(answer, str):
            raise WorkerError("worker", answer)
        return answer  # type: ignore[no-any-return]

    def _stop(self, node: Any, asked: Any) -> None:
        """Ends what a node does; one that still waits for a processor, or is lost, is given up."""
        import ray

        try:
            ray.get(node.stop.remote(), timeout=_STOP_S)
            ray.wait([asked], timeout=_QUIT_S)
        except ray.exceptions.RayError:
            self._node = None
            ray.kill(node)

    def close(self) -> None:
        """Ends the worker and its actor."""
        import ray

        node, self._node = self._node, None
        if node is not None:
            with contextlib.suppress(ray.exceptions.RayError):
                ray.get(node.close.remote(), timeout=_QUIT_S)
            ray.kill(node)

    def _started(self) -> Any:
        import ray

        actor = ray.remote(num_cpus=self._threads, max_concurrency=3)(Node)
        return actor.remote(tuple(self._command), self._threads)


def join_cluster() -> int:
    """Joins the cluster that the environment or this machine names (``RAY_ADDRESS``, ``ray start``), and says how many
    processors it has. Raises MissingExtraError, OutputError."""
    try:
        import ray
    except ImportError as error:
        problem = "needs ray, which is not installed"
        raise MissingExtraError("--engine-of-work ray", problem, "pip install 'talkies[ray]'") from error
    try:
        if not ray.is_initialized():
            ray.init(address="auto", logging_level="ERROR", log_to_driver=False)
    except ConnectionError as error:
        cure = "start one (ray start --head), or set RAY_ADDRESS"
        raise OutputError("--engine-of-work ray", "there is no cluster here", cure) from error
    return int(ray.cluster_resources().get("CPU", 1))
