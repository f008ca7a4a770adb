"""The library of recorded effects: what may be used, under which words, from which sample on, how loud."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from talkies.core.arrays import Floats32, Sound
from talkies.core.corpus.tables import read_table
from talkies.core.errors import MediaError
from talkies.core.media.opening import open_file
from talkies.core.media.wav.bwf import SAMPLE_RATE

Split = Literal["train", "test"]

LOUD_RMS = 0.2
"""Root mean square of the loudest 50 ms of every one-shot, before the force of its event."""
SUSTAINED_RMS = 0.05
"""Root mean square of sustained sounds, before the force."""

_LONGEST_S = 30.0
_LEAD_S = 0.001  # what is kept before the onset, faded in

_RELABEL: tuple[tuple[str, str, str], ...] = (
    # pattern in the file name | words | kind ("" keeps it): the published tags come from folders and miss these
    (r"Tree__Chop", "impact wood chop", "oneshot"),
    (r"Tree__Crack", "break wood", "oneshot"),
    (r"Tree__Landing", "impact wood", "oneshot"),
    (r"Lightning__Thunder|thunder_\d", "thunder", "oneshot"),
    (r"weather__thunder_(near|far)", "thunder", "oneshot"),
    (r"node_dig_choppy", "impact wood dig", ""),
    (r"node_dig_cracky", "impact stone dig", ""),
    (r"node_dig_(gravel|ice|snappy)|node_dug_(gravel|ice)", "dig", ""),
    (r"node_dig_metal", "impact metal", ""),
    (r"tool__pickaxe|Pickaxe__Clang", "impact metal tool_machine", ""),
    (r"tool__axe", "impact wood chop", ""),
    (r"tool__shovel", "dig", ""),
    (r"melee_swing|WeaponSwing|Javelin__Throw", "whoosh", "oneshot"),
    (r"woosh_", "whoosh", "oneshot"),
    (r"Windbag__", "whoosh wind", ""),
    (r"[_/](wind|snowing|flurries)\.|WindLoop", "wind ambience", ""),
    (r"snowing|flurries", "wind ambience", ""),
    (r"fire_gun__empty|brass_eject|reload|_cock_|_dry|shotgun_pump|Blunderbuss__Click", "click_switch weapon", ""),
    (r"fire_gun__(generic|handguns|rifles|shotguns)", "weapon gunshot", ""),
    (r"(pistol|rifle|rifle_small|ar)_fire_\d|shotgun_fire|rifle_fire_cock", "weapon gunshot", ""),
    (r"Blunderbuss__(GunShoot|BulletShot)", "weapon gunshot", ""),
    (r"ar_burst|machineguns", "weapon gunshot burst", ""),
    (r"(__Bow__|Arrow__Shoot|bows__)", "weapon bow", ""),
    (r"BulletHitGround|Arrow__HitGround|Javelin__HitGround", "impact weapon", ""),
    (r"Shield__Metal", "impact metal weapon", ""),
    (r"Shield__Wood", "impact wood weapon", ""),
    (r"Splash|BlastLiquid", "water splash", ""),
    (r"Swim|Liquids__Bubble", "water splash", ""),
    (r"Waterdrop", "water drip", ""),
    (r"police_siren", "horn_alarm siren", ""),
    (r"lion_bellow", "wild_animal", ""),
    (r"parrot_whistle", "bird", ""),
    (r"gallop_", "footsteps horse", "ambience_loop"),
    (r"woodpecker", "wood knock bird", ""),
    (r"rear_beeper", "horn_alarm", ""),
    (r"dog_bark|puppy_bark|Aroof", "dog bark", ""),
    (r"coyote_howl|wolf_howl", "dog howl", ""),
    (r"chicken|rooster", "bird rooster", ""),
    (r"Earthquake", "thunder ambience", ""),
    (r"waterfall|Waterfall", "water ambience waterfall", ""),
    (r"BucketHit", "impact metal", ""),
    (r"indoors_rain", "rain ambience", ""),
    (r"WEATHER_SNOWSTORM", "wind ambience", ""),
    (r"bicycle_bell|doorbell", "bell doorbell", ""),
    (r"^esc10/clock_tick|watch_tick|modsounds/clock_tick", "clock_tick", "clip"),
    (r"church_bells", "bell church", "ambience_loop"),
    (r"engine_working", "machine vehicle engine ambience", "ambience_loop"),
    (r"humming__", "machine tool_machine ambience", "ambience_loop"),
    (r"Fire__Fire\.|[_/]fuse|FuseLoop", "fire ambience", "ambience_loop"),
    (r"openrct2/rain", "rain ambience", "ambience_loop"),
    (r"(SteamEngine|Pumpjack|WheelsTurn|Elevator__Moving)", "machine engine ambience", "ambience_loop"),
    (r"^esc10/(chainsaw|helicopter|fire_crackling|rain|sea_waves)", "", "ambience_loop"),
)

_FOREIGN = re.compile(
    r"fire_gun__monster|laserguns|rockets|acid_|gene_sting|scifi|environment__ambient__indoors|menu_|robot"
    r"|environment__ambient__underground|weather_(clear|cloudy|sunny)__|portal_storm|DivingLoop|geiger|Bite|spit"
)
"""Science fiction, empty rooms, and what no film-sound word fits."""

_SPOKEN = {"human_voice_body", "crowd", "baby_cry", "scream", "laugh", "breathing", "sneeze"}
"""Foley never speaks: whatever carries one of these words stays out."""

_SERIES_S = {"bark": 0.7, "rooster": 2.5, "clock_tick": 0.45}
"""Recorded as a series of calls in a room that is not silent: one call, of at most so many seconds, is cut out."""

_DROPPED_WORDS = {"ui", "misc", "outdoor", "open", "close", "traffic", "city", "concrete break"}


@dataclass(frozen=True)
class Recording:
    """One usable recording, or one stroke cut out of a longer one.

    ``tags``: words of the vocabulary. ``sustained``: goes on, may be looped. ``group``: takes of one source share it.
    """

    file: str
    tags: tuple[str, ...]
    sustained: bool
    group: str
    split: Split


def label(row: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Words and kind of a row of ``tags.csv``, corrected where the file's name says more than the published tags."""
    file, words, kind = row["file"], row["tags"].split(), row["kind"]
    for pattern, better, better_kind in _RELABEL:
        if re.search(pattern, file):
            words, kind = better.split() or words, better_kind or kind
            break
    keep_close = "door" in words
    dropped = _DROPPED_WORDS - ({"open", "close"} if keep_close else set())
    if kind == "oneshot" and "ambience" in words:
        words.remove("ambience")
    return tuple(word for word in dict.fromkeys(words) if word not in dropped), kind


def usable(row: Mapping[str, str]) -> bool:
    """Whether the row may sound in foley: named, no voice, nothing foreign to film."""
    original = set(row["tags"].split())
    return not (original & _SPOKEN or _FOREIGN.search(row["file"])) and bool(label(row)[0])


def source_group(file: str) -> str:
    """Takes of one source share this name: running numbers and letters at the end are cut off."""
    if file.startswith("esc10/"):  # category_fold-source-take
        return file.rsplit("-", 1)[0]
    stem = file.rsplit(".", 1)[0]
    return re.sub(r"([_.\-]?\d+)?(alt)?$", "", stem)


def held_out(rows: Iterable[Mapping[str, str]], share: float = 0.14) -> tuple[str, ...]:
    """The files kept for tests: of every combination of words about ``share``, chosen by the hash of their names.

    All takes of a source go together where the words have at least four sources; else takes are split singly.
    """
    by_words: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        if usable(row):
            by_words.setdefault(label(row)[0], []).append(row["file"])
    chosen: list[str] = []
    for files in by_words.values():
        groups = {source_group(file) for file in files}
        units = [[file for file in files if source_group(file) == group] for group in groups]
        if len(groups) < 4:
            units = [[file] for file in files]
        if len(units) < 4:
            continue
        units.sort(key=lambda unit: hashlib.sha256(source_group(unit[0]).encode() + unit[0].encode()).digest())
        taken = 0
        goal = max(share * len(files), 1)
        for unit in units:
            if taken < goal and len(unit) <= 2 * goal:
                chosen += unit
                taken += len(unit)
    return tuple(sorted(chosen))


def committed_held_out() -> frozenset[str]:
    """The list of held-out files that is fixed with the project."""
    text = (resources.files("talkies.resources") / "vocabularies" / "heldout.json").read_text("utf-8")
    return frozenset(json.loads(text)["foley"])


class EffectLibrary:
    """Recordings by their words, decoded once.

    ``data_dir`` is the folder of the shared material (with ``foley/`` in it) or the foley folder itself. With
    ``cache_dir``, decoded sound is kept there as raw float16 files for the next time.
    """

    def __init__(self, data_dir: Path, split: Split | None = "train", cache_dir: Path | None = None) -> None:
        self.folder = data_dir / "foley" if (data_dir / "foley").is_dir() else data_dir
        self.cache_dir = cache_dir
        self._sounds: dict[str, npt.NDArray[np.float16]] = {}
        self._onsets: dict[str, float] = {}
        self._strokes: dict[str, Sound] = {}
        kept = committed_held_out()
        recordings: list[Recording] = []
        for row in read_table(self.folder / "tags.csv"):
            if not usable(row):
                continue
            tags, kind = label(row)
            side: Split = "test" if row["file"] in kept else "train"
            self._onsets[row["file"]] = float(row["onset_s"] or 0)
            recordings.append(Recording(row["file"], tags, kind == "ambience_loop", source_group(row["file"]), side))
        self.recordings = tuple(r for r in recordings if split is None or r.split == split)

    def find(self, tags: Iterable[str], sustained: bool) -> tuple[Recording, ...]:
        """Recordings that carry all the words and the fewest others; the last words are given up until some fit."""
        wanted = tuple(tags)
        while wanted:
            fitting = [r for r in self.recordings if set(wanted) <= set(r.tags) and r.sustained == sustained]
            if fitting:
                fewest = min(len(r.tags) for r in fitting)
                near = [r for r in fitting if len(r.tags) <= fewest + 1 and _same_action(wanted, r.tags)]
                return tuple(near or fitting)
            wanted = wanted[:-1]
        return ()

    def sound(self, recording: Recording) -> Sound:
        """Mono at 48 kHz: a one-shot's chief stroke from 1 ms before its onset, a sustained sound whole; levelled."""
        if recording.sustained:
            return _levelled(self._decoded(recording.file).astype(np.float32), SUSTAINED_RMS, whole=True)
        if recording.file not in self._strokes:
            self._strokes[recording.file] = self._stroke(recording)
        return self._strokes[recording.file]

    def _stroke(self, recording: Recording) -> Sound:
        from talkies.core.corpus.onset import first_stroke, single_stroke

        sound = self._decoded(recording.file).astype(np.float32)
        longest = next((_SERIES_S[tag] for tag in recording.tags if tag in _SERIES_S), None)
        start, stroke = single_stroke(sound, SAMPLE_RATE, self._onsets[recording.file])
        if longest is not None:
            stroke = first_stroke(stroke, SAMPLE_RATE, floor_db=22.0, gap_s=0.05, longest_s=longest)
        lead = min(round(_LEAD_S * SAMPLE_RATE), start)
        cut = np.concatenate([sound[start - lead : start] * np.linspace(0, 1, lead, dtype=np.float32), stroke])
        pad = np.zeros(round(_LEAD_S * SAMPLE_RATE) - lead, np.float32)
        return _levelled(np.concatenate([pad, cut]), LOUD_RMS, whole=False)

    @property
    def lead(self) -> int:
        """Samples of a one-shot that lie before its onset."""
        return round(_LEAD_S * SAMPLE_RATE)

    def _decoded(self, file: str) -> npt.NDArray[np.float16]:
        if file not in self._sounds:
            cached = self.cache_dir / (file.replace("/", "__") + ".f16") if self.cache_dir else None
            if cached and cached.is_file():
                self._sounds[file] = np.fromfile(cached, np.float16)
            else:
                sound = decode(self.folder / file)
                peak = float(np.abs(sound).max(initial=1e-6))
                self._sounds[file] = (sound / peak).astype(np.float16)
                if cached:
                    _store(cached, self._sounds[file])
        return self._sounds[file]


def _same_action(wanted: tuple[str, ...], tags: tuple[str, ...]) -> bool:
    """A blow is not breakage, rain is not thunder, a bird is not a rooster, unless that was asked for."""
    actions = {"break", "creak", "footsteps", "eating", "explosion", "knock", "drip", "burst"}
    actions |= {"thunder", "rooster", "fireworks", "sizzle_steam"}
    return not (set(tags) - set(wanted)) & actions


def _levelled(sound: Sound, rms: float, *, whole: bool) -> Sound:
    """Scaled so that the loudest 50 ms (or all of it) have this root mean square; peaks are kept below 4."""
    window = len(sound) if whole else min(round(0.05 * SAMPLE_RATE), len(sound))
    power = np.cumsum(np.concatenate([[0.0], sound.astype(np.float64) ** 2]))
    loudest = float(np.sqrt((power[window:] - power[:-window]).max() / max(window, 1))) if window else 0.0
    scale = rms / max(loudest, 1e-5)
    peak = float(np.abs(sound).max(initial=1e-6)) * scale
    return (sound * (scale * min(1.0, 0.98 / peak))).astype(np.float32)


def _store(path: Path, sound: npt.NDArray[np.float16]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    sound.tofile(part)
    part.replace(path)


def decode(path: Path) -> Sound:
    """Up to 30 s of a sound file, mono at 48 kHz. Raises MediaError."""
    import av

    blocks: list[Floats32] = []
    resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)
    try:
        with open_file(path) as container:
            for frame in container.decode(audio=0):
                blocks += [block.to_ndarray()[0] for block in resampler.resample(frame)]
                if sum(map(len, blocks)) > _LONGEST_S * SAMPLE_RATE:
                    break
            blocks += [block.to_ndarray()[0] for block in resampler.resample(None)]
    except (OSError, av.FFmpegError, IndexError) as error:
        raise MediaError(path, f"cannot be decoded ({error})", "fetch the recording again") from error
    if not blocks:
        raise MediaError(path, "holds no sound", "fetch the recording again")
    return np.concatenate(blocks)
