"""The table and the contact sheet: safe to open, whatever reels and clips are called."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from talkies.core.batch.ledger import DATA
from talkies.core.batch.overview import COLUMNS, write_overview
from talkies.core.batch.records import FileMark, Job, ReelRecord
from talkies.core.batch.reels import Reel
from talkies.core.batch.sheet import PER_PAGE
from talkies.core.errors import OutputError

MARK = FileMark(1, 1, "0")
EVIL = "\"><script src=//evil.example/x.js></script>' onload=alert(1) \x1b[31m"


class Page(HTMLParser):
    """Every element and every address on a page, as a browser would see them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def job(name: str, **changes: object) -> Job:
    stated = {"segment": "V1-001", "clip": name, "stem": "FX", "take": 1, "name": f"FX_{name}", **changes}
    return Job(**stated)  # type: ignore[arg-type]


def laid(out: Path, *names: str) -> None:
    for name in (f"{DATA}/x", *names):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"x")


def test_the_sheet_shows_and_plays_what_there_is(tmp_path: Path) -> None:
    take, still, output = "100% #1?/a b.takes/FX_t01.wav", f"{DATA}/stills/ä/V1-001.jpg", "100% #1?/a b.talkies.otio"
    laid(tmp_path, take, still, output)
    done = job("shot", file=take, still=still, state="done", mark=MARK)
    record = ReelRecord("a", "/a", output, "done", jobs=(done,), mark=MARK, notes=("a note",))
    write_overview(tmp_path, {"a": record})
    page = Page(tmp_path / "index.html")
    assert [page.tags.count(tag) for tag in ("img", "audio", "script")] == [1, 1, 0]
    assert {tmp_path / unquote(link) for link in page.links} == {tmp_path / name for name in (take, still, output)}
    assert "a note" in page.text


def test_names_are_text_and_nothing_is_fetched(tmp_path: Path) -> None:
    laid(tmp_path)
    bad = job(EVIL, file="javascript:alert(1)//.wav", still="http://evil.example/x.jpg", mark=MARK, problem=EVIL)
    failed = job("b", state="failed", problem=EVIL)
    record = ReelRecord(EVIL, EVIL, "data:text/html,x", "failed", jobs=(bad, failed), mark=MARK, problem=EVIL)
    write_overview(tmp_path, {EVIL: record})
    page = Page(tmp_path / "index.html")
    assert "script" not in page.tags and "onload" not in page.attributes
    assert len(page.links) == 3
    assert all(not urlsplit(link).scheme and not urlsplit(link).netloc for link in page.links)
    assert EVIL.strip() in page.text
    assert "default-src 'none'" in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_cell_of_the_table_is_a_formula(name: str, tmp_path: Path) -> None:
    laid(tmp_path)
    records = {name: ReelRecord(name, name, "x.otio", "failed", jobs=(job(name, problem=name),), problem=name)}
    write_overview(tmp_path, records)
    with (tmp_path / "batch.csv").open(newline="", encoding="utf-8") as file:
        header, *table = csv.reader(file)
    assert header == list(COLUMNS)
    assert len(table) == 1
    assert not [cell for cell in table[0] if cell.strip().startswith(("=", "+", "-", "@"))]


def test_reels_that_wait_are_in_it_too(tmp_path: Path) -> None:
    laid(tmp_path)
    begun = ReelRecord("b", "/b", "b.otio", "begun", jobs=(job("b"),))
    write_overview(tmp_path, {"b": begun}, [Reel(Path("/a"), "a"), Reel(Path("/b"), "b")])
    with (tmp_path / "batch.csv").open(newline="", encoding="utf-8") as file:
        assert [(row["reel"], row["state"]) for row in csv.DictReader(file)] == [("a", "waiting"), ("b", "begun")]


def test_many_reels_are_several_pages(tmp_path: Path) -> None:
    laid(tmp_path)
    records = {f"{n:04}": ReelRecord(f"{n:04}", "x", "x.otio", "waiting") for n in range(2 * PER_PAGE + 1)}
    write_overview(tmp_path, records)
    pages = [Page(tmp_path / name) for name in ("index.html", "index-2.html", "index-3.html")]
    assert [page.tags.count("section") for page in pages] == [PER_PAGE, PER_PAGE, 1]
    assert pages[0].links == ["index-2.html", "index-3.html"]


@pytest.mark.parametrize("name", ["batch.csv", "index.html"])
def test_a_page_of_somebody_elses_stays(name: str, tmp_path: Path) -> None:
    laid(tmp_path)
    (tmp_path / name).write_text("<!doctype html><p>my own page</p>")
    with pytest.raises(OutputError, match="no batch has written it"):
        write_overview(tmp_path, {})
    assert "my own page" in (tmp_path / name).read_text()
    (tmp_path / name).unlink()
    for _ in range(2):
        write_overview(tmp_path, {})


def test_nothing_is_written_behind_a_link(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / DATA).symlink_to(elsewhere)
    with pytest.raises(OutputError, match="behind a link that leads out"):
        write_overview(out, {})
    assert [each.name for each in out.iterdir()] == [DATA] and not list(elsewhere.iterdir())
