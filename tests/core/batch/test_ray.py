"""The same batch on a Ray cluster of two nodes on this machine; left out where ray is not installed."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from batches import order, run, write_archive
from kills.results import result_at

from talkies.core.batch.helper import WorkerError
from talkies.core.batch.ledger import DATA, read_records
from talkies.core.batch.ray_helper import Node, RayHelper, join_cluster
from talkies.core.batch.running import Advanced, Batch, Counted

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two nodes with a processor each."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    made.add_node(num_cpus=1)
    os.environ["RAY_ADDRESS"] = made.address
    assert join_cluster() == 2
    yield
    ray.shutdown()
    made.shutdown()
    del os.environ["RAY_ADDRESS"]


def idle_processors() -> int:
    return int(ray.available_resources().get("CPU", 0))


def test_two_nodes_share_a_batch_and_make_what_one_machine_makes(cluster: None, tmp_path: Path) -> None:
    """Each node has room for one worker; a broken reel costs itself; a finished batch asks nobody."""
    archive = write_archive(tmp_path / "in")
    here, there = tmp_path / "here", tmp_path / "there"
    run(order([archive], here))
    slow = order([archive], there, workers=8, on_ray=True)
    busiest = 0
    batch = Batch(slow)
    for _ in batch.run():
        busiest = max(busiest, 2 - idle_processors())
    states = {name: record.state for name, record in batch.records.items()}
    assert states == {name: record.state for name, record in read_records(here / DATA).items()}
    assert busiest == 2
    for name in ("1926/reel.mov", "1927/reel.otio"):
        results = [result_at(out / f"{name}.talkies.otio") for out in (here, there)]
        assert results[0] is not None and results[0].sounds == results[1].sounds  # type: ignore[union-attr]
    assert list(Batch(slow).run()) == [Counted(3, 3)]


def test_a_lost_node_is_one_sentence(cluster: None) -> None:
    """As one whose machine goes down while it works."""
    helper = RayHelper((sys.executable, "-c", "import time; time.sleep(60)"), 1)
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(WorkerError) as error:
            helper.ask("jobs", {}, lambda: False)
        told.append(str(error.value))

    asking = threading.Thread(target=ask)
    asking.start()
    until = time.monotonic() + 60
    while idle_processors() == 2 and time.monotonic() < until:
        time.sleep(0.2)
    ray.kill(helper._node)  # noqa: SLF001 - the machine
    asking.join(60)
    assert len(told) == 1 and "its node was lost" in told[0] and told[0].endswith("; use --retry")


def test_it_stops_on_all_nodes_when_it_is_closed(cluster: None, tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in"), tmp_path / "out"
    story = Batch(order([archive / "1927"], out, on_ray=True)).run()
    for news in story:
        if isinstance(news, Advanced) and "shot 1" in news.message:
            break
    story.close()  # type: ignore[attr-defined]
    until = time.monotonic() + 30
    while idle_processors() < 2 and time.monotonic() < until:
        time.sleep(0.2)
    assert idle_processors() == 2
    batch = run(order([archive / "1927"], out))
    assert batch.records["reel.otio"].state == "done"


def test_a_reel_whose_worker_still_waits_for_a_processor_has_not_failed_when_it_is_stopped(
    cluster: None, tmp_path: Path
) -> None:
    """Others use the whole cluster; the next run makes it."""
    archive, out = write_archive(tmp_path / "in"), tmp_path / "out"
    others = [ray.remote(num_cpus=1)(Node).remote((), 1) for _ in range(2)]
    ray.get([each.share.remote() for each in others])
    story = Batch(order([archive / "1927"], out, on_ray=True)).run()
    assert [type(next(story)) for _ in range(2)] == [Counted, Advanced]
    began = time.monotonic()
    story.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 20
    for each in others:
        ray.kill(each)
    assert read_records(out / DATA) == {}
    assert run(order([archive / "1927"], out)).records["reel.otio"].state == "done"
