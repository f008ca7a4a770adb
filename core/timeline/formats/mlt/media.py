"""Which file a producer of MLT plays: editors play proxies, and keep the original's address beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from talkies.core.timeline.formats.base import local_file
from talkies.core.timeline.formats.mlt.terms import property_of

_SERVICE = re.compile(r"^(avformat(-novalidate)?|qimage|pixbuf|consumer|xml):")
_SPEED = re.compile(r"^[-+]?\d{1,9}([.,]\d{1,9})?:(?=.)")
_ORIGINALS = ("kdenlive:originalurl", "shotcut:originalResource")


class Media:
    """The files of one project. ``missing``: originals that are not there, whose proxies are."""

    def __init__(self, path: Path, root: Element) -> None:
        self._folder, self._beside = root.get("root", ""), path.parent
        self._originals = _originals(root)
        self.missing: list[str] = []

    def address(self, producer: Element, resource: str) -> str:
        """Of what a producer plays as ``resource``: the original where it is there, else the proxy where that is."""
        played = self._absolute(resource)
        original = _original(producer) or self._originals.get(resource, "")
        if not original or original == resource:
            return played
        address = self._absolute(_SPEED.sub("", original))
        if self._is_there(address) or not self._is_there(played):
            return address
        self.missing.append(address)
        return played

    def _absolute(self, resource: str) -> str:
        resource = _SERVICE.sub("", resource)
        resource = resource.partition("?begin")[0]
        if self._folder and not re.match(r"^([A-Za-z]:)?[/\\]", resource):
            return f"{self._folder}/{resource}"
        return resource

    def _is_there(self, address: str) -> bool:
        return local_file(address, self._beside) is not None


def _originals(root: Element) -> Mapping[str, str]:
    """By their proxies: Kdenlive says it in its bin alone, not on the tracks."""
    known = ((property_of(each, "resource"), _original(each)) for each in root if each.tag in ("producer", "chain"))
    return {resource: original for resource, original in known if resource and original}


def _original(producer: Element) -> str:
    return next(filter(None, (property_of(producer, name) for name in _ORIGINALS)), "")
