"""How the C2PA library is set: it never asks anybody on the network, draws no thumbnails, and knows whom we trust."""

from __future__ import annotations

import importlib.util
from typing import Any

from talkies.core.errors import MissingExtraError

LIBRARY = "c2pa"


def is_installed() -> bool:
    """Whether the extra is, without loading it."""
    return importlib.util.find_spec(LIBRARY) is not None


def library() -> Any:
    """The module ``c2pa``. Raises MissingExtraError."""
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError) as error:  # its native library may not load
        problem = "is not installed; credentials need it" if not is_installed() else "does not load"
        raise MissingExtraError("c2pa-python", problem, "pip install 'talkies[credentials]'") from error
    return c2pa


def settings(trusted: str = "") -> dict[str, Any]:
    """``trusted``: certificates (PEM) of the authorities whose signatures count. Hosts that may be asked: none."""
    return {
        "verify": {
            "verify_after_sign": False,
            "verify_trust": True,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "core": {"allowed_network_hosts": [], "allow_redirects": False, "max_decompressed_manifest_size_in_mb": 16},
        "builder": {
            "thumbnail": {"enabled": False},
            "generate_c2pa_archive": False,
            "bmff_hash_exclude_free_and_skip_boxes": False,
        },
    } | ({"trust": {"user_anchors": trusted}} if trusted else {})
