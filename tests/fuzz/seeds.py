"""Seeds: whole files of every kind that is read, small ones, to begin mutating from.

Timelines are written by our own writers from one known timeline with takes, and some by hand for what these never
write (retimes, titles, nested sequences). More may come from a folder of real files.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from known_timelines import NTSC

from talkies.core.destinations import WRITERS, write_timeline
from talkies.core.model.weights import shipped_weights
from talkies.core.timeline import read_timeline


@dataclass(frozen=True)
class Seed:
    """``name``: how the mutated file is called; ``size``: how long it is to be, the rest empty, or 0 for as it is."""

    name: str
    data: bytes
    size: int = 0


MOST_BYTES = 1 << 19
"""Larger files of a folder are left out: a mutation would hardly ever meet what matters in them."""

FCP7 = b"""<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence id="s"><name>cut</name><duration>100</duration>
<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><timecode><frame>90000</frame><displayformat>NDF</displayformat>
<rate><timebase>25</timebase></rate></timecode><media><video><track>
<clipitem id="c1"><name>one</name><start>0</start><end>50</end><in>10</in><out>110</out><file id="f"><name>film.mp4</name>
<pathurl>film.mp4</pathurl><duration>500</duration><rate><timebase>25</timebase></rate></file>
<filter><effect><name>Time Remap</name><effectid>timeremap</effectid><parameter><parameterid>speed</parameterid>
<value>200</value></parameter><parameter><parameterid>graphdict</parameterid><keyframe><when>0</when><value>10</value>
</keyframe><keyframe><when>50</when><value>110</value></keyframe></parameter></effect></filter></clipitem>
<transitionitem><start>45</start><end>55</end><alignment>center</alignment></transitionitem>
<clipitem id="c2"><start>-1</start><end>100</end><in>0</in><out>50</out><file id="f"/></clipitem></track></video></media>
<marker><name>hit</name><in>12</in><out>-1</out></marker></sequence></xmeml>"""

FCPXML = b"""<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.10"><resources>
<format id="r1" frameDuration="1001/24000s" width="64" height="48"/>
<asset id="r2" name="film" start="0s" duration="2s" hasVideo="1" format="r1"><media-rep src="film.mp4"/></asset>
<effect id="r3" name="Basic Title"/><media id="r4" name="inner"><sequence format="r1" duration="2s"><spine>
<asset-clip ref="r2" duration="1s" offset="0s"/></spine></sequence></media></resources>
<library><event><project name="cut"><sequence format="r1" tcStart="3600s" tcFormat="NDF" duration="6s"><spine>
<asset-clip ref="r2" offset="3600s" name="one" start="1001/24000s" duration="2s"><timeMap><timept time="0s" value="0s"
interp="smooth2"/><timept time="1s" value="2s"/><timept time="2s" value="3s"/></timeMap>
<title ref="r3" lane="1" offset="1s" duration="1s"><text><text-style>ANNA: Hello</text-style></text></title></asset-clip>
<gap offset="3602s" duration="1s"/><ref-clip ref="r4" offset="3603s" duration="1s"/></spine></sequence></project></event>
</library></fcpxml>"""

EDL = b"""TITLE: CUT
FCM: DROP FRAME
001  AX       V     C        00:00:00;00 00:00:02;00 01:00:00;00 01:00:02;00
* FROM CLIP NAME: film.mp4
M2   AX       050.0                00:00:00;00
002  AX       V     D    012 00:00:04;00 00:00:06;00 01:00:02;00 01:00:04;00
* FROM CLIP NAME: film.mp4
* LOC: 01:00:03;00 RED hit
"""

MLT = b"""<?xml version="1.0"?><mlt LC_NUMERIC="C" version="7.0" producer="main"><profile frame_rate_num="25"
frame_rate_den="1" width="64" height="48"/><producer id="p" out="00:00:03.960"><property name="length">100</property>
<property name="resource">2.5:film.mp4</property><property name="mlt_service">timewarp</property>
<property name="warp_speed">2.5</property></producer><chain id="c" out="99"><property name="resource">film.mp4</property>
<link><property name="mlt_service">timeremap</property><property name="time_map">00:00:00.000=0;00:00:02.000=4</property>
</link></chain><playlist id="v"><entry producer="p" in="0" out="49"/><blank length="10"/><entry producer="c" in="5"
out="30"/></playlist><tractor id="main" in="0" out="99"><track producer="v"/><transition out="10"><property
name="a_track">0</property></transition></tractor></mlt>"""

SRT = "1\n00:00:00,500 --> 00:00:01,200\n<i>ANNA:</i> Hello {\\an8}there.\n\n2\n00:00:01,300 --> 00:00:01,900\n[door slams]\n- Yes.\n- No.\n"
VTT = (
    "WEBVTT - talk\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { color: red }\n\nNOTE a note\n\n"
    "a\n00:00.500 --> 00:01.200 align:start position:10%\n<v Anna>Hello <c.yellow>there</c> <00:00:00.800>you</v>\n\n"
    "00:01.300 --> 00:01.900\n&gt;&gt; BOB: Yes.&nbsp;\n"
)
ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:00.50,0:00:01.20,Default,Anna,0,0,0,,{\\i1}Hello{\\i0}\\Nthere {note}\n"
    "Dialogue: 0,0:00:01.30,0:00:01.90,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}Yes\\h.\n"
)
TTML = (
    '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
    'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" ttp:frameRate="25" ttp:tickRate="10000000" xml:lang="en"><head>'
    '<metadata><ttm:agent xml:id="a"><ttm:name>Anna</ttm:name></ttm:agent></metadata></head><body><div begin="0.1s">'
    '<p begin="4000000t" end="11000000t" ttm:agent="a">Hello<br/>there</p><p begin="00:00:01:05" dur="12f">'
    "<span>Yes.</span></p></div></body></tt>"
)


def timelines(folder: Path) -> list[Seed]:
    """Every format that is written, with takes, and what is not written by us."""
    known = NTSC.write(folder)
    timeline, takes = read_timeline(known), NTSC.takes(folder)
    seeds = [Seed(known.name, known.read_bytes())]
    for suffix, writer in WRITERS.items():
        out = folder / f"out{suffix}"
        if not writer.is_folder:
            write_timeline(timeline, takes, out)
            seeds.append(Seed(f"cut{suffix}", out.read_bytes()))
    by_hand = {"cut.xml": FCP7, "cut.fcpxml": FCPXML, "cut.edl": EDL, "cut.mlt": MLT, "cut.kdenlive": MLT}
    return seeds + [Seed(name, data) for name, data in by_hand.items()]


def subtitles(folder: Path) -> list[Seed]:
    NTSC.write(folder)
    texts = {"srt": SRT, "vtt": VTT, "ass": ASS, "ttml": TTML}
    utf8 = [Seed(f"film.{suffix}", text.encode()) for suffix, text in texts.items()]
    return [*utf8, *(Seed(f"film.{suffix}", text.encode("utf-16")) for suffix, text in texts.items())]


def media(folder: Path) -> list[Seed]:
    """A second of picture in the containers and codecs that an archive meets."""
    made = (
        *(("mp4", "mpeg4"), ("mov", "mjpeg"), ("mkv", "ffv1"), ("avi", "mjpeg"), ("ts", "mpeg2video")),
        *(("mpg", "mpeg2video"), ("mxf", "mpeg2video"), ("webm", "libvpx"), ("m2v", "mpeg2video"), ("gif", "gif")),
    )
    seeds = []
    for suffix, codec in made:
        path = folder / f"made.{suffix}"
        _write_movie(path, codec)
        seeds.append(Seed(f"film.{suffix}", path.read_bytes()))
    return seeds


def _write_movie(path: Path, codec: str) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height = 64, 48
        stream.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        for number in range(25):
            picture = np.full((48, 64, 3), 90 + 3 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))


def weights(_: Path) -> list[Seed]:
    """The header of the shipped model, before as many zeros as it has numbers."""
    path = shipped_weights("mini.safetensors")
    with path.open("rb") as file:
        length = file.read(8)
        header = file.read(struct.unpack("<Q", length)[0])
    return [
        Seed("mutated.safetensors", length + header, path.stat().st_size),
        Seed("small.safetensors", length + header),
    ]


def work(folder: Path) -> list[Seed]:
    """The panel's saved work with something in every field."""
    from talkies.core.files.dataclass_json import as_json
    from talkies.ui.work.state import SegmentSettings, WorkState

    NTSC.write(folder)
    settings = SegmentSettings(prompt="steps, gravel")
    state = WorkState({"V1-001": settings}, selected=("V1-001",), playhead=Fraction(1, 3))
    document = {"version": 1, "timeline": "known.otio", "work": as_json(state)}
    return [Seed("known.talkies/work.json", json.dumps(document, indent=1).encode())]


def worker(folder: Path) -> list[Seed]:
    film = str(NTSC.write(folder))
    requests = (
        {"id": 0, "method": "hello", "params": {"client": "panel", "protocol": 2, "version": "0.1.0"}},
        {"id": 1, "method": "inspect", "params": {"timeline": film}},
        {"id": "two", "method": "generate", "params": {"timeline": film, "out": film + ".new.otio", "seed": 3}},
        {"id": 3, "method": "cancel", "params": {"id": "two"}},
        {"id": 4, "method": "models", "params": {}},
    )
    return [Seed("lines.jsonl", "".join(json.dumps(request) + "\n" for request in requests).encode())]


SEEDS = {
    "timelines": timelines,
    "subtitles": subtitles,
    "media": media,
    "weights": weights,
    "work": work,
    "worker": worker,
}


def of_folder(seeds: list[Seed], folder: Path) -> list[Seed]:
    """Real files of the same kinds, from a folder and all below it."""
    suffixes = {Path(seed.name).suffix for seed in seeds}
    found = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in suffixes and path.is_file())
    stem = Path(seeds[0].name).stem
    return [
        Seed(f"{stem}{path.suffix.lower()}", path.read_bytes()) for path in found if path.stat().st_size <= MOST_BYTES
    ]
