"""State: what a person has chosen, as frozen data that becomes JSON and comes back the same.

    WorkState ─┬─ settings   by segment id: how its sound is to be made
               ├─ marks      by segment id: what the segment was, to find it again in a changed timeline
               ├─ cues       by cue index: edited words and times
               ├─ voices     by speaker: who speaks
               ├─ mix, music backgrounds, panning, the mark, and how music is made, of all of it
               ├─ choices    by take id: starred, preferred, muted, gain, edit (trims, moves, fades), removed
               ├─ spots      by segment id: what sounds when in it, where it has a spotting list
               ├─ queue      segments that wait for their sound
               ├─ markers    named places
               └─ selected, playhead, in and out

Times are exact: seconds as Fractions here, as text ("1001/24000") in JSON. What a take *is* stands in the sidecar of
its file (core/takes/take_folder.py), so that a take is never lost with the choices; :class:`TakeRecord` joins the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.request import Task
from talkies.core.generation.take_orders import CueEdit
from talkies.core.media.panning import WIDTH, PanLaw
from talkies.core.preferences import read_preferences
from talkies.core.segment import StemName, Take
from talkies.core.spotting.spot import Spot
from talkies.core.takes.edits import TakeEdit
from talkies.core.takes.take_folder import SegmentMark
from talkies.core.times import TimeRange

VERSION = 1
"""Of work.json."""
_MOST: Final = 1e9  # of a number that says something of a take

Lists = Mapping[str, tuple[Spot, ...]]
"""Spots by the id of their segment; one that has no list is not in it."""

JobKind = Literal["take", "spots", "music"]
"""What is made of a segment: takes of its sound, or a list of what sounds in it; music is made of several at once."""


class Mixed(Enum):
    """What a setting shows when the selected segments differ in it."""

    MIXED = "mixed"


MIXED: Final = Mixed.MIXED


@dataclass(frozen=True)
class SegmentSettings:
    """How a segment's sound is made; names as in :class:`talkies.core.generation.request.Request`.

    ``level_db`` is added to each of the segment's takes, when played and when written. None for ``steps`` and
    ``guidance`` means what the engine was made for. Engine and voice begin as the user has them configured.
    """

    task: Task = "both"
    prompt: str = ""
    negative_prompt: str = ""
    voice: str = field(default_factory=lambda: read_preferences().voice)
    seed: int = 0
    takes: int = 1
    steps: int | None = None
    guidance: float | None = None
    level_db: float = 0.0
    engine: str = field(default_factory=lambda: read_preferences().engine)
    device: str = "auto"


SETTING_NAMES: Final = tuple(each.name for each in fields(SegmentSettings))


@dataclass(frozen=True)
class MixSettings:
    """What holds for the whole timeline, for beds go on over cuts and panning is one convention; names as in a Request.
    ``background``: "" as it is configured, else auto, off or words; ``mark``: in the sound of what a model makes."""

    background: str = ""
    width: float = WIDTH
    pan_law: PanLaw = "3dB"
    mark: bool = True


def merged(every: Iterable[SegmentSettings]) -> dict[str, Any]:
    """Each setting by its name, MIXED where they differ; {} for none."""
    distinct = set(every)
    values = {name: {getattr(each, name) for each in distinct} for name in SETTING_NAMES} if distinct else {}
    return {name: found.pop() if len(found) == 1 else MIXED for name, found in values.items()}


@dataclass(frozen=True)
class TakeChoices:
    """What was decided about a take. ``edit``: how it is trimmed, moved and faded; ``nudge_frames``, of work that was
    saved before there was such a thing, becomes one (ui/work/bounds.py). ``preferred``: heard last when it was compared
    with others."""

    starred: bool = False
    preferred: bool = False
    muted: bool = False
    gain_db: float = 0.0
    nudge_frames: int = 0
    removed: bool = False
    edit: TakeEdit = field(default_factory=TakeEdit)


@dataclass(frozen=True)
class TakeRecord:
    """A take and what was decided about it. ``segment_id`` and ``record``: where it belongs in the timeline as it is
    now; both are the take's own unless its segment has moved. ``lost``: its segment is no longer there."""

    take: Take
    segment_id: str
    record: TimeRange
    choices: TakeChoices = TakeChoices()
    lost: bool = False

    @property
    def id(self) -> str:
        """The name of its file, which is unique in the work folder."""
        return self.take.name

    @property
    def stem(self) -> StemName:
        return self.take.stem

    @property
    def speaker(self) -> str:
        return self.take.speaker

    @property
    def cue(self) -> str:
        """Which section of the music it is, as the cue sheet calls it: m1, m2 ...; "" for everything else."""
        return self._text("cue") if self.stem == "MX" else ""

    @property
    def music(self) -> str:
        """Its section and mood, "" for what is no music."""
        section, mood = self._text("section"), self._text("mood")
        words = mood if section in ("", mood) else f"{section}, {mood}"
        return f"{self.cue} {words}".rstrip() if self.cue else ""

    @property
    def sound(self) -> tuple[str, StemName, str, str]:
        """What it is one try at; takes of which this is equal are alternatives."""
        return self.segment_id, self.stem, self.speaker, self.cue

    @property
    def makes_way(self) -> bool:
        """Whether it is lower under speech."""
        return self.amount("duck") != 0

    def amount(self, name: str) -> float:
        """A number of its facts, 0 where there is none: a sidecar may come from anywhere."""
        value: Any = self.facts.get(name)
        return float(value) if type(value) in (int, float) and abs(value) < _MOST else 0.0

    def _text(self, name: str) -> str:
        value = self.facts.get(name)
        return value if isinstance(value, str) else ""

    @property
    def number(self) -> int:
        return self.take.number

    @property
    def path(self) -> Path:
        """The sound file; it starts ``head_handle`` seconds before ``record``."""
        return self.take.path

    @property
    def head_handle(self) -> Fraction:
        return self.take.head_handle

    @property
    def tail_handle(self) -> Fraction:
        return self.take.tail_handle

    @property
    def facts(self) -> dict[str, Any]:
        """What it was made with: engine, prompt, seed, steps, guidance, voice, text, ..."""
        return self.take.facts

    @property
    def seed(self) -> int:
        seed = self.take.metadata.get("seed", 0)
        return seed if isinstance(seed, int) else 0

    @property
    def loudness_lufs(self) -> float | None:
        """Integrated loudness of the file, None for silence."""
        return self.take.levels.loudness_lufs if self.take.levels else None

    @property
    def starred(self) -> bool:
        return self.choices.starred

    @property
    def preferred(self) -> bool:
        return self.choices.preferred

    @property
    def muted(self) -> bool:
        return self.choices.muted

    @property
    def gain_db(self) -> float:
        return self.choices.gain_db

    @property
    def edit(self) -> TakeEdit:
        return self.choices.edit

    @property
    def place(self) -> TimeRange:
        """Where it is heard on the timeline."""
        return self.edit.place(self.record)


@dataclass(frozen=True)
class Marker:
    """A place worth finding again; ``position``: seconds from the timeline's first frame, on a frame."""

    position: Fraction
    name: str = ""


@dataclass(frozen=True)
class KeptJob:
    """A segment that waits for its sound, kept for when the panel is started again.

    ``before``: the takes that the segment had when the work on it began, None as long as it had not: those that came
    since need not be made again. ``only``: ids of spots that are made anew, none for all; of
    music, those of the segments that it is for, and ``marks`` what these were."""

    segment_id: str
    mark: SegmentMark
    settings: SegmentSettings
    before: tuple[str, ...] | None = None
    kind: JobKind = "take"
    only: tuple[str, ...] = ()
    marks: tuple[SegmentMark, ...] = ()


@dataclass(frozen=True)
class WorkState:
    """Everything chosen for one timeline; see the module."""

    settings: Mapping[str, SegmentSettings] = field(default_factory=dict)
    marks: Mapping[str, SegmentMark] = field(default_factory=dict)
    cues: Mapping[int, CueEdit] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)
    mix: MixSettings = MixSettings()
    music: MusicSettings = MusicSettings()  # noqa: RUF009 - frozen
    choices: Mapping[str, TakeChoices] = field(default_factory=dict)
    spots: Lists = field(default_factory=dict)
    queue: tuple[KeptJob, ...] = ()
    markers: tuple[Marker, ...] = ()
    selected: tuple[str, ...] = ()
    playhead: Fraction = Fraction(0)
    in_point: Fraction | None = None
    out_point: Fraction | None = None

    def with_settings(self, changed: Mapping[str, SegmentSettings]) -> WorkState:
        """Other settings for some segments; the default ones are not kept."""
        settings, usual = {**self.settings, **changed}, SegmentSettings()
        return replace(self, settings={key: value for key, value in settings.items() if value != usual})

    def with_choices(self, changed: Mapping[str, TakeChoices]) -> WorkState:
        choices = {**self.choices, **changed}
        return replace(self, choices={key: value for key, value in choices.items() if value != TakeChoices()})

    def with_spots(self, changed: Mapping[str, tuple[Spot, ...] | None]) -> WorkState:
        """Other lists for some segments; None: no list."""
        lists = {**self.spots, **changed}
        return replace(self, spots={key: value for key, value in lists.items() if value is not None})

    def only_takes(self, ids: Set[str]) -> WorkState:
        """Without what was decided about takes that are gone: a new one may get their name."""
        gone = self.choices.keys() - ids
        kept = {key: value for key, value in self.choices.items() if key in ids}
        return replace(self, choices=kept) if gone else self

    def with_cue(self, index: int, edit: CueEdit | None) -> WorkState:
        """Another edit of a cue, or none."""
        cues = {key: value for key, value in self.cues.items() if key != index}
        return replace(self, cues=cues if edit is None else {**cues, index: edit})

    def with_voice(self, speaker: str, voice: str) -> WorkState:
        """Another voice for a speaker; "" lets the speaker's name choose."""
        voices = {key: value for key, value in self.voices.items() if key != speaker}
        return replace(self, voices={**voices, speaker: voice} if voice else voices)
