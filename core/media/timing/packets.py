"""Packets of a stream of pictures as they lie in the file: which of their stamps hold, and where the stream ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from av.container import InputContainer

_INDEXED = ("mov,mp4,m4a,3gp,3g2,mj2", "avi")
_SOUGHT = ("mpegts", "mpeg")
Jump = Literal["", "back", "ahead"]
_PLACES = 16  # in the file, at which the stamps are compared


def has_index(container: InputContainer, stream: Any) -> bool:
    """Whether the file lists its pictures, so that they need not be read to be counted."""
    return container.format.name in _INDEXED and len(stream.index_entries) > 0


def counts_frames(container: InputContainer) -> bool:
    """Whether stamps are numbers of packets (AVI): the header says how many there should be."""
    return container.format.name == "avi"


def is_bare_mpeg1(container: InputContainer, stream: Any) -> bool:
    """Whether FFmpeg makes the stamps up itself, and wrongly: the first picture's twice, or a gap before a key picture.
    In MPEG-1 every picture is as long as any other (unlike MPEG-2, where some show for three fields)."""
    return container.format.name == "mpegvideo" and stream.codec_context.name == "mpeg1video"


def can_seek(container: InputContainer, stream: Any, pictures: int) -> bool:
    """Whether stamps hold after a seek; an AVI that was broken off has no list, and counts from wherever it is."""
    return not counts_frames(container) or 2 * len(stream.index_entries) > pictures


def sought(container: InputContainer, stream: Any, stamp: int) -> bool:
    """Goes to the key picture at or before ``stamp`` (ticks of the stream); False where the file does not let it."""
    import av

    try:
        container.seek(stamp, stream=stream, backward=True)
    except (av.error.FFmpegError, OSError, OverflowError):
        return False
    return True


def is_searched(container: InputContainer) -> bool:
    """Whether a place is found by trying (MPEG streams): anywhere, even inside a picture or behind the key frame."""
    return container.format.name in _SOUGHT


def packets_of(container: InputContainer, *streams: Any) -> Iterator[Any]:
    """The packets from the reading position on; the empty one at the end and what follows damage are left out."""
    import av

    try:
        for packet in container.demux(*streams):
            if packet.size or packet.pts is not None or packet.dts is not None:
                yield packet
    except (av.error.FFmpegError, ValueError):
        return


def sound_packets(container: InputContainer, stream: Any, *, at_start: bool) -> Iterator[Any]:
    """The packets from the reading position on whose stamps hold; ``at_start``: that is the file's beginning."""
    packets = packets_of(container, stream)
    if not is_searched(container):
        return packets
    if at_start and (first := next(packets, None)) is not None:
        packets = chain([first], packets)
        if first.is_keyframe:
            return packets
    return _from_key(anchored(packets))


def anchored(packets: Iterable[Any]) -> Iterator[Any]:
    """The packets from the second stamp on that the file itself states.

    The first packet after a search may be the rest of a picture that wears the stamp of the next one, and all that
    are counted on from there are late with it.
    """
    holds = False
    for number, packet in enumerate(packets):
        holds = holds or bool(number and packet.pos is not None and packet.pts is not None)
        if holds:
            yield packet


def _from_key(packets: Iterable[Any]) -> Iterator[Any]:
    begun = False
    for packet in packets:
        begun = begun or packet.is_keyframe
        if begun:
            yield packet


@dataclass
class Scan:
    """What some packets say that were read in a row; stamps and lengths in ticks of the stream."""

    count: int = 0
    length: int = 0
    """Of all pictures together; two fields of one may come as two packets."""
    stamps: list[int] = field(default_factory=list, repr=False)
    """When they show, in order of decoding."""
    first_key: int | None = None
    begins_with_key: bool = False
    last_length: int = 0

    def read(self, packets: Iterable[Any]) -> Scan:
        for packet in packets:
            if not packet.is_discard:
                self._add(packet)
        return self

    def _add(self, packet: Any) -> None:
        self.begins_with_key = self.begins_with_key or (self.count == 0 and packet.is_keyframe)
        self.count += 1
        self.length += packet.duration or 0
        if packet.pts is None:
            return
        if self.first_key is None and packet.is_keyframe:
            self.first_key = packet.pts
        if not self.stamps or packet.pts > max(self.stamps[-32:]):
            self.last_length = packet.duration or 0
        self.stamps.append(packet.pts)

    @property
    def has_stamps(self) -> bool:
        """Whether nearly all say when they show."""
        return len(self.stamps) >= 0.9 * self.count

    def falls_by(self, far: int) -> bool:
        """Whether stamps fall by that many ticks: of files joined end to end each begins its clock anew."""
        return any(
            stamp < highest - far for stamp, highest in zip(self.stamps, accumulate(self.stamps, max), strict=True)
        )

    @property
    def has_leading(self) -> bool:
        """Whether pictures show before the first key picture, which may lack what they are made from."""
        return bool(self.stamps) and (not self.begins_with_key or min(self.stamps) != self.first_key)


def jumps(fall: int, leap: int, container: InputContainer, stream: Any, size: int) -> Jump:
    """Whether stamps fall, or leap from one packet to the next, by so many ticks, along the file of ``size`` bytes,
    looked at in some places; and between those two where they rise most."""
    found = _stamps_along(container, stream, size)
    stamps = [stamp for _, stamp in found]
    if any(stamp < highest - fall for stamp, highest in zip(stamps, accumulate(stamps, max), strict=True)):
        return "back"
    steps = [after - before for before, after in pairwise(stamps)]
    if not steps or max(steps) <= max(leap, 2 * sorted(steps)[len(steps) // 2]):
        return ""
    place, end = found[steps.index(max(steps))][0], stamps[steps.index(max(steps)) + 1]
    container.seek(place, unsupported_byte_offset=True)
    before: int | None = None
    for packet in packets_of(container, stream):
        if packet.dts is not None:
            if before is not None and packet.dts - before > leap:
                return "ahead"
            if packet.dts >= end:
                break
            before = packet.dts
    return ""


def _stamps_along(container: InputContainer, stream: Any, size: int) -> list[tuple[int, int]]:
    """Places (bytes) with the first stamp after each; none where the file cannot be sought by bytes."""
    import av

    found = []
    for number in range(_PLACES):
        place = size * number // _PLACES
        try:
            container.seek(place, unsupported_byte_offset=True)
        except (av.error.FFmpegError, OSError):
            return []
        stamp = next((packet.dts for packet in packets_of(container, stream) if packet.dts is not None), None)
        if stamp is not None:
            found.append((place, stamp))
    return found
