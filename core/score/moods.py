"""Moods of the photoplay collections (Rapée 1924, Becce's Kinothek): what each asks of tempo, mode, texture, register.

Words are read in `asked.py`; which instruments of the orchestra play a mood stands in `orchestration.py`. docs/music.md
has the table that shows how far the moods lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from talkies.core.score.composed import Meter, ModeName

Family = Literal["bright", "tender", "dark", "lament", "mystery", "sacred", "grotesque", "heroic", "storm"]

_FOUR, _THREE, _TWO, _SIX = Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8)


@dataclass(frozen=True)
class Mood:
    """``tempo``: quarters per minute from, to. ``density``: notes of melody per quarter. ``register``: the melody's
    middle, a MIDI pitch; ``bass``: the lowest note the left hand likes. ``velocity``: the middle of its dynamics.
    ``touch``: how much of its written length a note of melody sounds. ``styles``: accompaniment of the statement, of
    the contrast. ``doubling``: what the right hand adds under the melody. ``keys``: tonics it likes, in order."""

    name: str
    tempo: tuple[float, float]
    mode: ModeName
    density: float
    register: int
    bass: int
    velocity: int
    family: Family
    styles: tuple[str, ...]
    meter: Meter
    keys: tuple[int, ...]
    words: tuple[str, ...]
    touch: float = 1.0
    doubling: Literal["", "thirds", "octaves"] = ""


MOODS: dict[str, Mood] = {
    mood.name: mood
    for mood in (
        Mood("neutral", (76, 100), "major", 1.1, 72, 41, 64, "bright", ("broken", "block"), _FOUR, (5, 0, 7),
             ("neutral", "andante cantabile", "intermezzo", "everyday", "plain")),
        Mood("agitato", (100, 116), "minor", 1.5, 70, 40, 84, "dark", ("syncopated", "tremolo"), _FOUR, (2, 7, 0),
             ("agitato", "agitated", "nervous", "anxious", "excited", "excitement", "restless", "panic", "tense")),
        Mood("hurry", (122, 132), "minor", 3.2, 74, 40, 80, "dark", ("repeated", "broken"), _TWO, (9, 4, 2),
             ("hurry", "hurried", "chase", "pursuit", "rush", "running", "escape", "flight"), 0.9),
        Mood("misterioso", (56, 72), "minor", 0.6, 58, 29, 46, "mystery", ("creep", "low tremolo"), _FOUR, (7, 0, 2),
             ("misterioso", "mysterious", "mystery", "suspense", "sinister", "eerie", "creepy", "spooky", "night",
              "ghost", "ghostly", "burglar", "stealth", "uncanny"), 0.8),
        Mood("lamento", (56, 66), "minor", 0.8, 68, 36, 54, "lament", ("block", "nocturne"), _FOUR, (4, 9, 2),
             ("lamento", "lament", "sad", "sadness", "sorrow", "grief", "funeral", "death", "mourning", "elegy",
              "tragic", "melancholy", "doloroso", "mesto", "pathetic")),
        Mood("love theme", (66, 80), "major", 0.95, 74, 39, 62, "tender", ("nocturne", "syncopated"), _FOUR, (1, 8, 3),
             ("love", "romance", "romantic", "tender", "tenderly", "amoroso", "dolce", "kiss", "affection"), 1.0,
             "thirds"),
        Mood("pastorale", (78, 94), "major", 1.2, 77, 41, 58, "bright", ("drone", "lilt"), _SIX, (5, 0, 7),
             ("pastorale", "pastoral", "idyll", "idyllic", "countryside", "meadow", "nature", "morning", "village",
              "peaceful", "calm", "barcarolle"), 1.0, "thirds"),
        Mood("gallop", (120, 132), "major", 1.9, 77, 41, 86, "bright", ("gallop", "oompah"), _TWO, (7, 2, 0),
             ("gallop", "galop", "horses", "riding", "race", "western", "cowboys"), 0.8),
        Mood("comic", (96, 116), "major", 1.6, 79, 43, 70, "bright", ("oompah", "stride"), _TWO, (0, 7, 5),
             ("comic", "comedy", "funny", "slapstick", "humorous", "playful", "scherzando", "ragtime", "silly",
              "burlesque", "clown"), 0.55),
        Mood("battle", (104, 120), "minor", 1.3, 67, 33, 102, "heroic", ("march", "octaves"), _FOUR, (0, 5, 7),
             ("battle", "fight", "war", "combat", "attack", "furioso", "riot"), 0.9, "octaves"),
        Mood("storm", (112, 130), "minor", 0.8, 64, 29, 106, "storm", ("rolling", "tremolo"), _FOUR, (2, 7, 5),
             ("storm", "tempest", "tempestuous", "thunderstorm", "fire", "shipwreck", "earthquake"), 1.0, "octaves"),
        Mood("grotesque", (80, 98), "minor", 1.5, 62, 34, 74, "grotesque", ("stride", "creep"), _TWO, (11, 6, 4),
             ("grotesque", "bizarre", "weird", "macabre", "witches", "goblins", "drunken", "oriental dance"), 0.6),
        Mood("religioso", (60, 72), "major", 0.75, 69, 36, 56, "sacred", ("hymn", "block"), _FOUR, (3, 10, 8),
             ("religioso", "religious", "church", "prayer", "sacred", "hymn", "chapel", "wedding", "heaven", "solemn")),
        Mood("maestoso", (80, 96), "major", 1.0, 74, 34, 98, "heroic", ("march", "block"), _FOUR, (10, 3, 5),
             ("maestoso", "majestic", "triumph", "triumphal", "victory", "grandioso", "pomposo", "royal", "ceremony",
              "march", "heroic", "parade", "finale"), 0.95, "octaves"),
        Mood("waltz", (112, 130), "major", 1.0, 76, 40, 66, "tender", ("waltz", "broken"), _THREE, (8, 3, 1),
             ("waltz", "valse", "dance", "ball", "ballroom", "party", "salon")),
    )
}  # fmt: skip

TEMPO_WORDS: dict[str, tuple[float, float]] = {
    "grave": (56, 58), "largo": (56, 60), "lento": (56, 64), "larghetto": (60, 66), "adagio": (60, 72),
    "andante": (72, 88), "andantino": (80, 96), "moderato": (92, 108), "allegretto": (104, 118),
    "allegro": (116, 130), "vivace": (124, 132), "presto": (126, 132), "prestissimo": (130, 132),
    "slow": (56, 70), "slowly": (56, 70), "medium": (84, 100), "fast": (118, 132), "quick": (116, 130),
    "lively": (112, 126),
}  # fmt: skip
"""Quarters per minute, as far as the limits of a tempo map reach; Italian words and plain ones."""
