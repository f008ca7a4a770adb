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
}
"""By the name of the part."""
