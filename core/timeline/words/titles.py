"""Titles and captions inside a timeline's own items: where each editor keeps the words.

Resolve: ``Resolve_OTIO`` parameters, "Title HTML". Premiere: base64 "Source Text". Final Cut 7: text parameters of a
generator. FCPXML (our reader): ``talkies_text``. Subtitle tracks: metadata, else the clip's name. Markers: only when
they read like a transcript ("ANNA: ...", "[door slams]"), since most are notes.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import opentimelineio as otio

_TRACK_KINDS = frozenset(("subtitle", "subtitles", "caption", "captions", "closed caption", "closed captions", "text"))
_TRACK_NAME = re.compile(
    r"\b(sub(s|title|titles)?|st|cc|(closed )?captions?|untertitel|sous-titres?|ondertitels?|subt[ií]tulos?|sottotitoli"
    r"|legendas?|transcripts?)\b(?!.*\b(audio|sound)\b)",
    re.IGNORECASE,
)
_TEXT_KEYS = frozenset(("talkies_text", "text", "subtitle", "caption", "subtitle_text", "caption_text", "plain_text"))
_TITLE_PARAMETERS = ("text", "str", "styled text", "source text", "title", "titletext")
_TRANSCRIPT = re.compile(
    r"^\s*(?:[^\Wa-zß-öø-ÿ\d_][^\Wa-zß-öø-ÿ]*(?:[ .'-]+[^\Wa-zß-öø-ÿ]+)*\s*:\s+\S|\[[^\]]+\]|[♪♫])"
)
_DEEPEST = 12
_LONGEST_NAME = 500  # characters of a track's name that are looked at: the expression is quadratic


def is_text_track(track: Any) -> bool:
    """Whether a track carries subtitles: by its kind, or by a name that says so."""
    kind = str(getattr(track, "kind", "")).strip().lower()
    if kind in _TRACK_KINDS:
        return True
    return kind != "audio" and bool(_TRACK_NAME.search((track.name or "")[:_LONGEST_NAME]))


def text_of_clip(clip: Any, on_text_track: bool) -> str:
    """The words a clip shows, "" if it shows none."""
    reference = clip.media_reference
    generated = isinstance(reference, otio.schema.GeneratorReference)
    if not (generated or on_text_track or len(clip.effects)):
        return ""
    text = ""
    if generated:
        text = _of_generator(reference)
    text = text or _of_effects(clip)
    if not text and (generated or on_text_track):
        text = _of_metadata(clip.metadata, True)
    if not text and on_text_track:
        text = str(clip.name or "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def text_of_marker(marker: Any) -> str:
    """The words of a marker that is a line of a transcript; "" for a note."""
    metadata = marker.metadata
    fcp = metadata.get("fcp_xml") if hasattr(metadata, "get") else None
    comment = str(getattr(marker, "comment", "") or "")
    if isinstance(fcp, Mapping):
        comment = comment or str(fcp.get("comment") or "")
    for text in (comment, str(marker.name or "")):
        if _TRANSCRIPT.match(text):
            return text.replace("\r", "\n").strip()
    if re.fullmatch(r"\s*(subtitle|caption|dialogue|dialog|transcript)s?\s*", str(marker.name or ""), re.IGNORECASE):
        return comment.replace("\r", "\n").strip()
    return ""


def _of_generator(reference: Any) -> str:
    for holder in (reference.parameters, reference.metadata):
        if text := _of_metadata(holder, True):
            return text
    return ""


def _of_effects(clip: Any) -> str:
    """Premiere keeps a title as an effect "AE.ADBE Text" of a clip without media."""
    for effect in clip.effects:
        premiere = effect.metadata.get("PremierePro_OTIO")
        name = str(getattr(effect, "effect_name", "") or effect.name)
        if (premiere is not None or "text" in name.lower()) and (text := _of_metadata(effect.metadata, False)):
            return text
    return ""


def _of_metadata(metadata: Any, any_text_key: bool) -> str:
    """The first text in nested metadata: Resolve's and Premiere's shapes, named parameters, then plain text keys."""
    for node in _nodes(metadata):
        if html := _find_key(node, "Title HTML"):
            return _without_head(html)
        for name_key, value_keys in (
            ("Parameter ID", ("Parameter Value", "Default Parameter Value")),
            ("parameterid", ("value",)),
            ("name", ("value", "StartKeyframeValue", "Value")),
            ("DisplayName", ("StartKeyframeValue", "Value", "value")),
            ("Name", ("StartKeyframeValue", "Value", "value")),
        ):
            if str(node.get(name_key, "")).strip().lower() in _TITLE_PARAMETERS:
                for key in value_keys:
                    if isinstance(node.get(key), str) and (text := _decoded(node[key])):
                        return text
        source = node.get("Source Text")
        if isinstance(source, str) and (text := _decoded(source)):
            return text
        if "talkies_text" in node or any_text_key:
            for key in node:
                if str(key).lower() in _TEXT_KEYS and isinstance(node[key], str) and node[key].strip():
                    return str(node[key])
    return ""


def _nodes(metadata: Any, depth: int = 0) -> Iterator[Any]:
    if depth > _DEEPEST:
        return
    if isinstance(metadata, Mapping):
        if not metadata:
            return
        yield dict(metadata)  # OTIO's own mapping is twenty times slower to ask
        for value in metadata.values():
            yield from _nodes(value, depth + 1)
    elif isinstance(metadata, Sequence) and not isinstance(metadata, (str, bytes)):
        for value in metadata:
            yield from _nodes(value, depth + 1)


def _find_key(node: Any, key: str) -> str:
    """A string under ``key``, or under a parameter whose identifier is ``key``; Resolve writes both."""
    if isinstance(node.get(key), str):
        return str(node[key])
    named = str(node.get("Parameter ID", node.get("name", node.get("id", "")))).strip().lower()
    if named in (key.lower(), "titlehtml", "title html"):
        for value in ("Parameter Value", "value", "Default Parameter Value", "Value"):
            if isinstance(node.get(value), str):
                return str(node[value])
    return ""


_HTML_MARK = re.compile(r"<(/?)(head|style|script)\b[^<>]*>|(<!--)|(-->)|<!doctype[^<>]*>", re.IGNORECASE)


def _without_head(html: str) -> str:
    """The body of a small HTML page; its paragraphs become lines."""
    shown: list[str] = []
    hidden, position = "", 0
    for mark in _HTML_MARK.finditer(html):
        if not hidden:
            shown.append(html[position : mark.start()])
        position = mark.end()
        opens = "-->" if mark[3] else (mark[2] or "").lower() if not mark[1] else ""
        closes = mark[4] or ((mark[2] or "").lower() if mark[1] else "")
        hidden = "" if hidden and closes == hidden else hidden or opens
    if not hidden:
        shown.append(html[position:])
    return re.sub(r"(?i)</(p|div|li|h\d)>", "\n", "".join(shown))


def _decoded(value: str) -> str:
    """Premiere's text is base64 around a binary or JSON blob; anything else is the text itself."""
    compact = "".join(value.split())
    if len(compact) < 8 or len(compact) % 4 or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", compact):
        return value.strip()
    try:
        blob = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return value.strip()
    return _text_of_blob(blob) or ("" if b"\0" in blob else value.strip())


def _text_of_blob(blob: bytes) -> str:
    for encoding in ("utf-8", "utf-16-le"):
        try:
            text = blob.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text.find("{")
        if start >= 0:
            try:
                document, _ = json.JSONDecoder().raw_decode(text[start:])
            except (ValueError, RecursionError):
                document = None
            found = _json_text(document)
            if found:
                return found
        if text.isprintable() or not any(ord(c) < 9 for c in text):
            return text.strip()
    return _longest_run(blob)


def _json_text(document: Any) -> str:
    """Premiere: ``mTextParam.mStyleSheet.mText``."""
    for node in _nodes(document):
        for key in ("mText", "text", "mTextString"):
            if isinstance(node.get(key), str) and node[key].strip():
                return str(node[key]).strip()
    return ""


def _longest_run(blob: bytes) -> str:
    """The longest readable run of a binary blob (a FlatBuffer): the text, as font names are shorter words."""
    runs = re.findall(rb"(?:[\x20-\x7e]|[\xc3-\xf4][\x80-\xbf]{1,3}|[\r\n\t]){3,}", blob)
    texts = [run.decode("utf-8", "ignore").strip() for run in runs]
    spoken = [text for text in texts if " " in text] or texts
    return max(spoken, key=len, default="")
