"""Some mutated files of every kind, always the same ones: none crashes, hangs, takes all memory or is met by anything
but a sentence. ``python -m fuzz`` looks for longer."""

import sys
from contextlib import closing
from pathlib import Path

import pytest
from fuzz.campaign import Child, run
from fuzz.seeds import SEEDS

COUNTS = {"timelines": 200, "subtitles": 120, "media": 60, "weights": 10, "work": 60, "worker": 40}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="limits of time and memory are those of Unix"),
]


@pytest.mark.parametrize("target", SEEDS)
def test_nothing_but_sentences(target: str, tmp_path: Path) -> None:
    figures = run(target, tmp_path, count=COUNTS[target])
    assert figures.files == COUNTS[target]
    assert not figures.findings, "\n".join(f"{each.kind} {each.number}: {each.detail}" for each in figures.findings)


def test_most_seeds_are_read_as_they_are(tmp_path: Path) -> None:
    """Mutating what is refused anyway would find nothing."""
    (tmp_path / "seeds").mkdir()
    with closing(Child()) as child:
        for target in ("timelines", "subtitles", "worker"):
            for seed in SEEDS[target](tmp_path / "seeds"):
                path = tmp_path / "seeds" / seed.name
                path.write_bytes(seed.data)
                answer = child.judge(target, path)
                assert answer["outcome"] == "said" and not answer["detail"].startswith("talkies:"), (seed.name, answer)
