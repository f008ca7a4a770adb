"""What a credential says: what made the file (IPTC's digital source types), with which recipe, of which films.

take of a model                     trainedAlgorithmicMedia
take by rules, a score              algorithmicMedia
take with recordings of the user    composite, and with a model compositeWithTrainedAlgorithmicMedia
stem, reference movie, preview      the same of all its takes together, and a movie is a composite in any case
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talkies.core.credentials.embedding import MOVIES
from talkies.core.credentials.films import Film
from talkies.core.segment import Take

RECIPE = "talkies.recipe"
"""The label of the assertion that holds a take's own metadata, or what a mix consists of."""

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED, RULES, COMPOSITE = "trainedAlgorithmicMedia", "algorithmicMedia", "composite"
WITH_TRAINED = "compositeWithTrainedAlgorithmicMedia"
_BY_RULES = frozenset({"rules", "score"})
_RECORDED = frozenset({"library", "file"})
_LARGEST_RECIPE = 1 << 20  # characters


@dataclass(frozen=True)
class Origin:
    """Of one file. ``source_type``: IPTC's word; ``recipe``: plain JSON; ``films``: for which it was made."""

    source_type: str
    recipe: Mapping[str, Any]
    films: tuple[Film, ...] = ()

    @classmethod
    def of_take(cls, take: Take, films: Sequence[Film] = ()) -> Origin:
        return cls(take_type(take.metadata), take.facts, tuple(films))

    @classmethod
    def of_mix(cls, what: str, takes: Sequence[Take], films: Sequence[Film] = (), *, movie: bool = False) -> Origin:
        """``what``: "stem", "reference movie"; ``movie``: it shows the films as well."""
        kinds = {take_type(take.metadata) for take in takes} | ({COMPOSITE} if movie else set())
        parts = [{"take": take.name} | {key: take.metadata.get(key) for key in _NAMED} for take in takes]
        return cls(mix_type(kinds), {"kind": what, "takes": parts}, tuple(films))


_NAMED = ("engine", "source", "weights", "seed", "version")


def take_type(facts: Mapping[str, Any]) -> str:
    """IPTC's word for what made a take, from its metadata."""
    sources = {each.strip() for each in str(facts.get("source") or facts.get("engine") or "").split(",")}
    recorded = sources & _RECORDED or facts.get("soundfont")
    if sources - _BY_RULES - _RECORDED:
        return TRAINED if not sources & (_BY_RULES | _RECORDED) else WITH_TRAINED
    return COMPOSITE if recorded else RULES


def mix_type(kinds: Iterable[str]) -> str:
    """IPTC's word for what consists of several."""
    found = set(kinds)
    if found & {TRAINED, WITH_TRAINED}:
        return WITH_TRAINED
    return RULES if found == {RULES} else COMPOSITE


def manifest(origin: Origin, path: Path, first_box: bytes = b"") -> dict[str, Any]:
    """As the library takes it; ``path``: the file's name in the end; ``first_box``: of a movie, which its hash leaves
    out."""
    agent = {"name": "talkies", "version": version("talkies")}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": f"{_IPTC}{origin.source_type}",
        "softwareAgent": agent,
        "parameters": {"ingredientIds": [f"film{number}" for number in range(len(origin.films))]},
    }
    if not origin.films:
        del created["parameters"]
    return {
        "claim_generator_info": [agent],
        "title": path.name,
        "format": MOVIES.get(path.suffix.lower(), "audio/wav"),
        "ingredients": [_ingredient(number, film) for number, film in enumerate(origin.films)],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": RECIPE, "kind": "Json", "data": {"json": _text(origin.recipe), "ftyp": first_box.hex()}},
        ],
    }


def _ingredient(number: int, film: Film) -> dict[str, Any]:
    return {
        "label": f"film{number}",
        "title": film.name,
        "format": MOVIES.get(Path(film.name).suffix.lower(), "application/octet-stream"),
        "relationship": "inputTo",
        "instance_id": film.identity,
    }


def _text(recipe: Mapping[str, Any]) -> str:
    """As text, for the library gives lists of numbers back as something else; of one that is too long a little."""
    text = json.dumps(recipe, default=str)
    if len(text) <= _LARGEST_RECIPE:
        return text
    return json.dumps({"omitted": f"{len(text)} characters", "kind": str(recipe.get("kind", "take"))[:80]})


def recipe_in(data: Any) -> tuple[dict[str, Any], str]:
    """The recipe and the first box of such an assertion, empty where it makes no sense."""
    if not isinstance(data, dict) or not isinstance(data.get("json"), str):
        return {}, ""
    try:
        recipe = json.loads(data["json"])
    except (ValueError, RecursionError):
        return {}, ""
    return (recipe if isinstance(recipe, dict) else {}), str(data.get("ftyp", ""))
