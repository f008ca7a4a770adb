"""What was found of a file, in words: for the command line, the panel and a turnover's README."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talkies.core.provenance.verifying import Verified

STATUS_WORDS = {
    "ours": "valid, ours",
    "untrusted": "valid, untrusted",
    "expired": "unaltered, but its certificate is no longer valid",
    "altered": "ALTERED",
    "absent": "none",
    "unreadable": "unreadable",
}
SOURCE_WORDS = {
    "trainedAlgorithmicMedia": "made by a model",
    "algorithmicMedia": "made by rules",
    "compositeWithTrainedAlgorithmicMedia": "a mix with sound of a model",
    "composite": "a mix with recordings, without a model",
}


def credential_words(status: str, problem: str, signer: str) -> str:
    """Whether a credential holds, and who signed."""
    why = f" ({problem})" if problem and status in ("altered", "unreadable") else ""
    return f"credential {STATUS_WORDS[status]}{why}{f', signed by {signer}' if signer else ''}"


def in_words(found: Verified) -> list[str]:
    """A part of a sentence for credential, origin, mark and redo each, as far as there is something to say."""
    said = found.credential
    words = [credential_words(found.status, found.problem, "" if said is None else said.signer)]
    if said is not None and said.source_type:
        words.append(SOURCE_WORDS.get(said.source_type, said.source_type))
    if found.mark is not None:
        words.append(f"mark found ({found.mark.says}; by chance once in {1 / max(found.mark.chance, 1e-99):.0e})")
    elif found.is_heard:
        words.append("no mark found")
    if found.against_redo is not None:
        can = "can be made again, as far as is known without trying"
        words.append(f"cannot be made again ({found.against_redo})" if found.against_redo else can)
    return words
