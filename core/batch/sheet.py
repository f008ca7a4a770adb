"""Contact sheet of a batch: pages with a picture of each segment and its takes to listen to.

Plain HTML without scripts; pictures and sounds are relative links, and nothing is fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from talkies.core.batch.records import Job, ReelRecord

PER_PAGE = 200
"""Reels on one page."""
_HEAD = """<!doctype html><!-- contact sheet of talkies batch -->
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>
body {{ font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; color-scheme: light dark }}
section {{ border-top: 1px solid #8888; padding: .6rem 0 }}
h2 {{ font-size: 1rem; margin: 0 0 .4rem; overflow-wrap: anywhere }}
figure {{ display: inline-block; vertical-align: top; width: 17rem; margin: 0 1rem .8rem 0 }}
img {{ max-width: 100%; height: 108px }} audio {{ width: 100%; height: 2rem }}
figcaption, p {{ overflow-wrap: anywhere; margin: .1rem 0 }} .failed {{ color: #c22 }}
</style></head><body>
"""  # noqa: E501
_TAIL = "</body></html>\n"


def sheet_pages(records: Sequence[ReelRecord]) -> dict[str, str]:
    """Each page by its file name; the first is ``index.html``."""
    count = max(-(-len(records) // PER_PAGE), 1)
    return {
        _name(page): "".join(_page(records, records[page * PER_PAGE : (page + 1) * PER_PAGE], page, count))
        for page in range(count)
    }


def _name(page: int) -> str:
    return "index.html" if page == 0 else f"index-{page + 1}.html"


def _page(records: Sequence[ReelRecord], shown: Sequence[ReelRecord], page: int, count: int) -> Iterator[str]:
    yield _HEAD.format(title="Contact sheet")
    failed = [record for record in records if record.state == "failed"]
    done = sum(record.state == "done" for record in records)
    yield f"<h1>{len(records)} reels</h1>\n<p>{done} done, {len(failed)} failed.</p>\n"
    if count > 1:
        links = (f'<a href="{_name(each)}">{each + 1}</a>' if each != page else str(each + 1) for each in range(count))
        yield f"<p>Page {' '.join(links)}</p>\n"
    for record in shown:
        yield from _reel(record)
    yield _TAIL


def _reel(record: ReelRecord) -> Iterator[str]:
    yield f'<section><h2>{escape(record.reel)}: <span class="{record.state}">{record.state}</span></h2>\n'
    if record.mark is not None:
        yield f'<p><a href="{_link(record.output)}">{escape(record.output)}</a></p>\n'
    if record.problem:
        yield f'<p class="failed">{escape(record.problem)}</p>\n'
    for note in record.notes:
        yield f"<p>{escape(note)}</p>\n"
    for _, jobs in groupby(record.jobs, key=lambda job: job.segment):
        yield from _segment(list(jobs))
    yield "</section>\n"


def _segment(jobs: list[Job]) -> Iterator[str]:
    first = jobs[0]
    picture = f'<img loading="lazy" alt="" src="{_link(first.still)}">' if first.still else ""
    yield f"<figure>{picture}<figcaption>{escape(first.segment)} {escape(first.clip)}</figcaption>\n"
    for job in jobs:
        yield f"<p>{escape(job.name)}</p>"
        if job.file:
            yield f'<audio controls preload="none" src="{_link(job.file)}"></audio>\n'
        elif job.problem:
            yield f'<p class="failed">{escape(job.problem)}</p>\n'
    yield "</figure>\n"


def _link(name: str) -> str:
    """A relative address; "./" so that no name is taken for a scheme."""
    return f"./{quote(name, errors='surrogatepass')}"
