"""Text of a file that people write: a byte-order mark decides, then UTF-8, then the likeliest old code page."""

from __future__ import annotations

import codecs
from pathlib import Path

from talkies.core.errors import InputError, SubtitleError
from talkies.core.files.regular import read_regular
from talkies.core.timeline.words.alphabets import latin_page

_MOST_BYTES = 6_000_000
"""Ten hours of captions with a time at each word are smaller."""
_GUESSED_FROM = 200_000
"""Bytes: statistics of more say nothing new and take minutes."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "mac_roman"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "utf_16_le", "utf_16_be"),
]


def decode(
    path: Path, error: type[InputError] = SubtitleError, what: str = "subtitle file", most_bytes: int = _MOST_BYTES
) -> tuple[str, str]:
    """A file's text and the encoding it was taken for: "utf-8" also for UTF-16 and -32 with their mark. Raises
    ``error``, also for what is no regular file; ``what`` it should be, for the sentence."""
    data = read_regular(path, most_bytes, error, what)
    try:
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                return data.decode(encoding), "utf-8"
        if b"\0" not in data:
            return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    guess = _likeliest(data)
    if guess is None:
        raise error(path, "has a text encoding that cannot be determined", "save it as UTF-8")
    return guess


def _likeliest(data: bytes) -> tuple[str, str] | None:
    """UTF-8 with zeros between or a few broken bytes, UTF-16 without its mark, or an old code page by its statistics;
    Western European where they leave it open."""
    zeros = data.count(b"\0")
    if zeros > len(data) // 5:
        return _utf16(data)
    data = data.replace(b"\0", b"")
    if sum(byte < 9 or 13 < byte < 32 for byte in data) > len(data) // 100:
        return None
    return _plain_utf8(data) or _broken_utf8(data) or _code_page(data)


def _utf16(data: bytes) -> tuple[str, str] | None:
    encoding = "utf-16-le" if data[1::2].count(b"\0") > data[::2].count(b"\0") else "utf-16-be"
    text = data[: len(data) // 2 * 2].decode(encoding, "replace")
    return (text, encoding) if "\0" not in text and text.count("\ufffd") <= len(text) // 100 else None


def _plain_utf8(data: bytes) -> tuple[str, str] | None:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return None


def _broken_utf8(data: bytes) -> tuple[str, str] | None:
    """A file cut in the middle of a letter, or put together from several: in old code pages hardly any two
    bytes would be a letter of UTF-8."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(letter > "\x7f" for letter in text) - broken
    return (text, "UTF-8 with damaged letters") if good > 2 * broken else None


def _code_page(data: bytes) -> tuple[str, str] | None:
    import charset_normalizer

    sample = data[:_GUESSED_FROM] if len(data) > _GUESSED_FROM else data
    matches = list(charset_normalizer.from_bytes(sample, cp_isolation=_CODE_PAGES))
    guess = matches[0].encoding if matches else ""
    equals = [match for match in matches if (match.chaos, match.coherence) == (matches[0].chaos, matches[0].coherence)]
    if any(match.encoding == "cp1252" for match in equals):
        guess = "cp1252"
    encoding = latin_page(sample, guess)
    return (data.decode(encoding, "replace"), encoding) if encoding else None
