"""talkies credentials: who signs what is made: show, make, or name a certificate of the house's own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.plugin.console import print_json, show

if TYPE_CHECKING:
    from talkies.core.credentials.pem import Signer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, act, text in (
        ("show", _show, "who signs, until when, and where the key lies"),
        ("create", _create, "make a new certificate of this computer; what the one before has signed stays ours"),
        ("use", _use, "sign with a certificate of the house's own from now on"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == "create":
            action.add_argument("--name", metavar="TEXT", default="", help="the name that others read as the signer's")
        if name == "use":
            action.add_argument("chain", metavar="CHAIN.pem", type=Path, help="certificates, the signer's own first")
            action.add_argument("key", metavar="KEY.pem", type=Path, help="its key, without a password; it is copied")
        if name == "show":
            pem = "print the authority's certificate, for others to trust (talkies verify --trust)"
            action.add_argument("--certificate", action="store_true", help=pem)
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    options.act(options)
    return 0


def _show(options: argparse.Namespace) -> None:
    from talkies.core.credentials.authority import present_signer
    from talkies.core.credentials.settings import library

    library()
    found = present_signer()
    if found is not None and options.certificate:
        show(*found.authority.splitlines())
        return
    _print(found, as_json=options.json)


def _create(options: argparse.Namespace) -> None:
    from talkies.core.credentials.authority import create
    from talkies.core.errors import ArgumentError

    if len(options.name) > _LONGEST_NAME or not options.name.isprintable():
        raise ArgumentError("--name", "is not a name", f"give at most {_LONGEST_NAME} letters")
    _print(create(options.name.strip()), as_json=options.json)


_LONGEST_NAME = 64
"""Letters, as X.509 has it of an organization."""


def _use(options: argparse.Namespace) -> None:
    from talkies.core.credentials.authority import use

    _print(use(options.chain, options.key), as_json=options.json)


def _print(signer: Signer | None, *, as_json: bool) -> None:
    facts = _facts(signer)
    if as_json:
        print_json(facts)
    elif signer is None:
        show("nobody signs yet; the first file that is made brings a certificate of this computer")
    else:
        valid = "valid until" if facts["valid"] else "signs nothing, its certificate is not valid today: until"
        show(f"{facts['organization']}, {facts['name']}: {valid} {facts['until']}, {facts['algorithm']}")
        show(f"fingerprint {facts['fingerprint']}", f"key {facts['file']}, for nobody else to read")


def _facts(signer: Signer | None) -> dict[str, Any]:
    from talkies.core.credentials.authority import signer_file
    from talkies.core.credentials.pem import certificates_in, described

    if signer is None:
        return {"signer": None, "file": str(signer_file())}
    own = described(certificates_in(signer.chain)[0])
    return {
        "organization": own.organization, "name": own.name, "until": f"{own.until:%Y-%m-%d}", "valid": own.is_valid,
        "algorithm": signer.algorithm, "fingerprint": own.fingerprint, "file": str(signer_file()),
    }  # fmt: skip
