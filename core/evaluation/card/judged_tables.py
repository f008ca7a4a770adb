"""Tables of the model card for what independent judges say: recordings in one column, ours beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from talkies.core.evaluation.card.tables import table, value

Figures = Mapping[str, Any]

_MOS = (("distillmos", "naturalness, DistillMOS (1–5)"), ("dnsmos", "naturalness, DNSMOS (1–5)"))


def codec_section(codec: Figures) -> list[str]:
    speech, effects = codec.get("speech"), codec.get("effects")
    rows = _speech_rows(speech) if speech else []
    if effects and "named" in effects:
        rows.append(["effects named, YAMNet", *_relative_cells(effects["named"])])
        rows.append(
            ["distance of effects to recordings, over that among them", "1 ×", _times(effects["distance"]["mean"]), "–"]
        )
    amounts = f"{speech['recordings']} recordings of {speech['sentences']} held-out sentences" if speech else ""
    return [
        *_head("Codec", f"{amounts}, and held-out effects at the events of scenes, there and back"),
        *table(_COLUMNS, rows),
        *_absent(codec),
    ]


def dialogue_section(dialogue: Figures) -> list[str]:
    return _spoken("Dialogue", dialogue)


def joint_section(joint: Figures) -> list[str]:
    return _spoken("Dialogue in one pass with effects", joint)


def _spoken(title: str, spoken: Figures) -> list[str]:
    amounts = (
        f"{spoken['sentences']} held-out English sentences, {spoken['takes']} takes beside "
        f"{spoken['recordings']} recordings of them"
    )
    return [*_head(title, amounts), *table(_COLUMNS, _speech_rows(spoken)), *_absent(spoken)]


def voices_section(voices: Figures) -> list[str]:
    rows = [[name, *_voice_cells(row)] for name, row in voices["voices"].items()]
    first = next(iter(voices["voices"].values()), {"sentences": 0, "recordings": 0})
    head = ["", "word error, × recordings (95 %)", "DistillMOS (95 % of the difference)", "pitch off, semitones",
            "own sample first", "of"]  # fmt: skip
    amounts = f"each says {first['sentences']} held-out sentences; pitch and rank against a sample of the voice"
    return [*_head("Voices", amounts), *table(head, rows), *_absent(voices)]


def _voice_cells(row: Figures) -> list[str]:
    words, natural = row["word_error"], row["distillmos"]
    return [
        f"{_times(words['relative'])} {_range(words['relative_95_percent'])}",
        f"{value(natural['generated'])} ({_signed(natural['difference'])}; {_range(natural['difference_95_percent'])})",
        value(row["pitch_off_semitones"]),
        value(row["own_first"]),
        value(row["offered"]),
    ]


def people_section(people: Figures) -> list[str]:
    rows = _speech_rows(people)
    rows.append(["own recording first among all", value(people["own_first_natural"]), value(people["own_first"]), "–"])
    rows.append(["pitch off the reference, semitones", "0", value(people["pitch_off_semitones"]), "–"])
    amounts = f"{len(people['people'])} people whom nothing was trained on as reference of English lines"
    return [*_head("`--voice FILE`", amounts), *table(_COLUMNS, rows), *_absent(people)]


def lips_section(lips: Figures) -> list[str]:
    if "voices" not in lips:
        return [*_head("Words on lips", "in the sound that was made"), *_absent(lips)]
    errors = lips["word_start_error_ms"]
    named = {"recordings": errors["natural"], "**ours, all voices**": errors["generated"], **lips["voices"]}
    rows = [[name, *(value(row[key]) for key in ("median", "p90", "late"))] for name, row in named.items()]
    interval = _range(errors["generated_95_percent"])
    return [
        *_head("Words on lips", f"{lips['clips']} clips, in the sound that was made, aligned by pocketsphinx"),
        *table(["word starts, ms", "median", "90th percentile", "late by (median)"], rows),
        "",
        f"95 % interval of the median of ours: {interval}. {lips['not_aligned']} sounds could not be aligned.",
    ]


def film_section(film: Figures) -> list[str]:
    common, people = film["common"], film["people"]
    rows = [
        [name, value(row["onsets"]), ", ".join(map(str, row["worn"])), value(row["in_common"])]
        for name, row in common["films"].items()
    ]
    rows.append(["**together**", "", "", value(common["in_common"])])
    return [
        "**Real film, clean and lightly worn copies** (grain, a scratch, some weave and flicker), onsets in common:",
        "",
        *table(["", "onsets, clean", "onsets, worn copies", "in common"], rows),
        "",
        f"Of {people['clips']} clips in which people only sign or talk {people['silent_clips']} are silent; the "
        f"loudest lies at {value(people['loudest_db'])} dBFS.",
    ]


def joints_section(joints: Figures) -> list[str]:
    return [
        f"**Joints**, every 10 s of {len(joints['takes'])} long takes: {joints['jumps']} of {joints['joints']} where "
        f"level, spectrum or samples jump as hardly anywhere else; {joints['not_finite']} samples are no numbers.",
    ]


_COLUMNS = ("", "recordings", "ours", "ours against them (95 %)")


def _speech_rows(speech: Figures) -> list[list[str]]:
    rows = [["word error, moonshine", *_relative_cells(speech["word_error"])]]
    for key, label in _MOS:
        figures = speech[key]
        change = f"{_signed(figures['difference'])} {_range(figures['difference_95_percent'])}"
        rows.append([label, value(figures["natural"]), value(figures["generated"]), change])
    return rows


def _relative_cells(figures: Figures) -> list[str]:
    change = f"{_times(figures['relative'])} {_range(figures['relative_95_percent'])}"
    return [value(figures["natural"]), value(figures["generated"]), change]


def prompts_section(prompts: Figures) -> list[str]:
    stages = {"on held-out scenes": prompts["scenes"], "on a plain bouncing ball": prompts["bouncing_ball"]}
    rows = []
    for where, stage in stages.items():
        if "named" in stage:
            rows.append([f"named, YAMNet, {where} ({stage['sounds']} sounds)", *_relative_cells(stage["named"])])
        takes, distance = stage["takes"], stage["distance"]["mean"]
        if takes:
            cells = [value(takes["natural_db"]), value(takes["generated_db"]), _times(takes["relative"])]
            rows.append([f"three takes apart, dB, {where}", *cells])
        rows.append([f"distance to recordings over that among them, {where}", "1 ×", _times(distance), "–"])
    if steps := prompts["footsteps"]:
        ranks = steps["median_rank"]
        cells = [value(ranks["natural"]), value(ranks["generated"]), _times(steps["relative"])]
        rows.append(["footsteps: median rank of “Walk, footsteps” among 521", *cells])
    return [
        *_head("Prompts", "each class asked for on pictures of something else, recordings laid at the same events"),
        *table(_COLUMNS, rows),
        *_class_lines(stages),
        *_negative_lines(prompts["negative"]),
        *_absent(prompts),
    ]


def sources_section(sources: Figures) -> list[str]:
    side, chosen = sources["held_out"], sources["chosen"]
    rows = [[name, *_by_source(row), chosen[name]] for name, row in side["classes"].items()]
    rows.append(["**together**", *_by_source(side["together"]), ""])
    head = ["", "named: recordings", "rules", "network", "distance: rules", "network", "default"]
    amounts = (
        f"{sources['takes']} takes of each class on a plain bouncing ball, held-out recordings at the same events; the "
        "default was chosen on other seeds and training recordings"
    )
    return [*_head("Rules and network", amounts), *table(head, rows), *_absent(sources)]


def library_section(library: Figures) -> list[str]:
    if not library.get("sounds"):
        return [*_head("Recordings of a library", "none could be judged"), *_absent(library)]
    rows = [[name, *_rates(rates)] for name, rates in library["classes"].items()]
    both, change = library["named"], f"{_times(library['named']['relative'])}"
    rows.append(["**together**", value(both["natural"]), f"{value(both['generated'])}, {change}"])
    amounts = f"{library['sounds']} sounds performed at a ball's bounces, beside the recordings that were cast for them"
    interval = f"95 % of the multiple: {_range(both['relative_95_percent'])}."
    head = ["share named", "recordings", "performed"]
    return [*_head("Recordings of a library", amounts), *table(head, rows), "", interval, *_absent(library)]


def _by_source(row: Figures) -> list[str]:
    shares, far = row["named"], row["distance"]
    return [
        *(value(shares[by]) for by in ("recordings", "rules", "network")),
        _times(far["rules"]),
        _times(far["network"]),
    ]


def _class_lines(stages: Mapping[str, Figures]) -> list[str]:
    named = {where: stage["classes"] for where, stage in stages.items() if "classes" in stage}
    if not named:
        return []
    classes = list(dict.fromkeys(name for rates in named.values() for name in rates))
    rows = [[name, *(cell for rates in named.values() for cell in _rates(rates.get(name)))] for name in classes]
    head = ["share named", *(f"{who}, {where}" for where in named for who in ("recordings", "ours"))]
    return ["", *table(head, rows)]


def _rates(rates: Figures | None) -> tuple[str, str]:
    return (value(rates["natural"]), value(rates["generated"])) if rates else ("–", "–")


def _negative_lines(negative: Figures | None) -> list[str]:
    if not negative:
        return []
    kept, otherwise = negative["named_when_unwanted"], negative["named_when_not_mentioned"]
    return [
        "",
        f"{negative['classes_heard']} classes were heard in sounds of the picture alone; another take is named so in "
        f"{value(otherwise)} of them, and in {value(kept)} when the class's words are the negative prompt.",
    ]


def _head(title: str, amounts: str) -> list[str]:
    return [f"**{title}, by independent judges**, {amounts}:", ""]


def _absent(figures: Figures) -> list[str]:
    return [line for sentence in figures.get("absent", ()) for line in ("", f"A judge was absent: {sentence}.")]


def _times(number: Any) -> str:
    return "–" if number is None else f"{value(number)} ×"


def _signed(number: Any) -> str:
    return "–" if number is None else f"{number:+.2f}"


def _range(interval: Sequence[float] | None) -> str:
    return f"({value(interval[0])} to {value(interval[1])})" if interval else "(–)"


JUDGED_SECTIONS: dict[str, Callable[[Figures], list[str]]] = {
    "judged_codec": codec_section,
    "judged_dialogue": dialogue_section,
    "judged_joint": joint_section,
    "judged_prompts": prompts_section,
    "judged_sources": sources_section,
    "judged_library": library_section,
    "judged_voices": voices_section,
    "judged_people": people_section,
    "judged_lips": lips_section,
    "judged_film": film_section,
    "judged_joints": joints_section,
}
"""By the name of the part."""
