"""OpenTimelineIO hook that gives a timeline its sound while it is written.

    otioconvert -i reel.otio -o reel.talkies.otio -H talkies=foley
    otioconvert -i reel.edl -o reel.xml -H 'talkies={"task": "both", "prompt": "gravel", "timeline": "reel.edl"}'

Without the argument ``talkies`` nothing happens. It is a task, True, or the parameters of ``talkies generate`` as a
dict. The takes lie in ``NAME.takes`` beside the written file (``out`` names another one); ``timeline`` is the file that
was read, from whose folder relative addresses of media count, else from that of the written file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import opentimelineio as otio


def hook_function(in_timeline: Any, argument_map: Mapping[str, Any] | None = None) -> Any:
    """The timeline, with takes on new tracks where the argument ``talkies`` asks for it. Raises OTIOError."""
    arguments = argument_map or {}
    wanted = arguments.get("talkies")
    if wanted is None or wanted is False:
        return in_timeline
    from talkies.core.errors import TalkiesError  # late: every timeline that anybody writes comes by here
    from talkies.plugin.otio.generating import with_sound

    try:
        return with_sound(in_timeline, wanted, arguments.get("_filepath"))
    except TalkiesError as error:
        raise otio.exceptions.OTIOError(str(error)) from None
