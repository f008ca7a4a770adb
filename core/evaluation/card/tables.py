"""The tables of the model card, one function per part of the evaluation: figures in, lines of Markdown out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from talkies.core.evaluation.targets import figure

Figures = Mapping[str, Any]


def value(number: Any, digits: int = 3) -> str:
    """A figure of so many significant digits; a dash where there is none."""
    if number is None:
        return "–"
    return str(number) if isinstance(number, int | str) else f"{number:.{digits}g}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def targets_table(rows: Sequence[Figures]) -> list[str]:
    """Target, reached, natural; what is missed in bold."""
    marks = {True: "yes", False: "**no**", None: "not measured"}
    cells = [
        [row["row"], row["what"], row["target"], _with_unit(row["reached"], row["unit"]),
         _with_unit(row["natural"], row["unit"]), marks[row["met"]]]
        for row in rows
    ]  # fmt: skip
    return table(["", "figure", "target", "reached", "natural or yardstick", "met"], cells)


def _with_unit(number: Any, unit: str) -> str:
    return value(number) + (f" {unit}" if unit and number is not None else "")


def codec_section(codec: Figures) -> list[str]:
    speech, effects, opus = codec["speech"], codec["effects"], codec["opus_64k"]

    def row(name: str, figures: Figures) -> list[str]:
        return [name, *(value(figures.get(key)) for key in ("log_spectral_distance_db", "stoi", "pesq_wb"))]

    rows = [row("speech", speech), *(row(f"– {who}", each) for who, each in codec["speech_by_speaker"].items())]
    rows += [row("speech, Opus at 64 kb/s", opus["speech"]), row("effects", effects)]
    rows += [row("effects, Opus at 64 kb/s", opus["effects"])]
    counts = f"{speech['recordings']} held-out recordings of speech and {effects['recordings']} of effects"
    return [
        f"**Codec**, {counts}, there and back (a perfect codec: 0 dB, 1, 4.64):",
        "",
        *table(["", "log-spectral distance, dB", "STOI", "PESQ-WB"], rows),
    ]


def dialogue_section(dialogue: Figures) -> list[str]:
    low, high = dialogue["word_error_relative_95_percent"] or (None, None)
    relative = f"{value(dialogue['word_error_relative'])} × natural (95 %: {value(low)} to {value(high)})"
    words = [
        ["natural recordings", value(dialogue["word_error_natural"])],
        ["natural recordings through the codec", value(dialogue["word_error_codec_only"])],
        ["**ours**", f"**{value(dialogue['word_error_generated'])}**, {relative}"],
    ]
    languages = {"en": dialogue, **dialogue["other_languages"]}
    sound = [[name, *_sound_cells(figures)] for name, figures in languages.items()]
    head = ["", "energy inside the cue", "starts, ms", "ends, ms", "pauses, dB (natural)", "pitch range (natural)"]
    return [
        f"**Dialogue**, {dialogue['sentences']} held-out English sentences ({dialogue['words']} words), pocketsphinx "
        "with its own language model; it knows no other language, so elsewhere nobody judged the words:",
        "",
        *table(["", "word error"], words),
        "",
        "Offsets of the first and last sound are medians from the cue's in and out point; the pitch range is that "
        "between the 10th and the 90th percentile, in semitones:",
        "",
        *table(head, sound),
    ]


def _sound_cells(figures: Figures) -> list[str]:
    fit, pauses, pitch = figures["cue_fit"], figures["pause_level_db"], figures["pitch_range_semitones"]
    return [
        value(fit["energy_inside"], 4),
        value(fit["start_offset_median_ms"]),
        value(fit["end_offset_median_ms"]),
        f"{value(pauses['generated'])} ({value(pauses['natural'])})",
        f"{value(pitch['generated'])} ({value(pitch['natural'])})",
    ]


def voices_section(voices: Figures) -> list[str]:
    names = {"ours": voices["generated"], "halves of the recordings": voices["natural"]}
    rows = [
        [name, *(value(row[key]) for key in ("cosine_own", "cosine_others", "mean_rank", "chance_rank"))]
        for name, row in names.items()
    ]
    return [
        f"**Voice likeness**, one sentence in the voices of {len(voices['references'])} reference recordings, measured "
        f"as the references are; the pitch is off by {value(voices['pitch_off_semitones'])} semitones:",
        "",
        *table(["", "cosine to its reference", "to the others", "rank of its reference", "chance"], rows),
    ]


def lips_section(lips: Figures) -> list[str]:
    names = {
        "lips": "**ours**",
        "movement": "ours, from the mouth's movement alone",
        "no_picture": "ours, without the picture",
        "even": "uniform stretching",
    }
    errors = lips["word_start_error_ms"]
    rows = [[label, *(value(errors[name][key]) for key in ("median", "p90", "late"))] for name, label in names.items()]
    return [
        f"**Words on lips**, {lips['clips']} held-out clips of a real speaking face ({lips['words']} words), the cue "
        "covering the whole clip; errors of when a word begins, in ms:",
        "",
        *table(["", "median", "90th percentile", "late by (median)"], rows),
    ]


_ONSETS = {
    "natural": "recordings at the true events",
    "generated": "**ours, the picture alone**",
    "generated_prompted": "ours, with the scene's words as prompt",
}


def foley_section(foley: Figures) -> list[str]:
    order = [*_ONSETS, *(name for name in foley["onsets"] if name not in _ONSETS)]
    keys = ("f1_50ms", "f1_100ms", "offset_median_ms", "offset_median_absolute_ms")
    rows = [
        [_ONSETS.get(name, name.replace("_", " ")), *(value(foley["onsets"][name][key]) for key in keys)]
        for name in order
        if foley["onsets"].get(name)
    ]
    events = figure(foley, "onsets.generated.reference")
    amount = f"{foley['scenes']} held-out scenes of {foley['seconds_per_scene']:g} s ({events} events)"
    lines = [
        f"**Foley onsets**, {amount}, F1:",
        "",
        *table(["", "±50 ms", "±100 ms", "median offset, ms", "median absolute offset, ms"], rows),
    ]
    return [*lines, "", *_leak_lines(foley)]


def _leak_lines(foley: Figures) -> list[str]:
    names = {
        "generated": "ours",
        "generated_prompted": "ours, with prompt",
        "natural": "recordings at the true events",
        "recorded_speech": "recorded speech",
    }
    rows = []
    for name, label in names.items():
        found, leak = foley["voice_activity"].get(name), foley["leak"].get(name) or {}
        if found:
            levels = [value(leak.get(key)) for key in ("silent_stretch_level_db", "still_scene_level_db")]
            heard = f"{found['sounds_with_speech']} of {found['sounds']}"
            rows.append([label, heard, value(found["speech_share_of_time"]), *levels])
    return [
        "**Leak**, speech found by a voice activity detector (Silero), and levels where nothing should sound:",
        "",
        *table(["", "sounds with speech", "share of time", "between events, dBFS", "still scenes, dBFS"], rows),
    ]


def degraded_section(degraded: Figures) -> list[str]:
    rows = [[name, value(score)] for name, score in degraded["f1_50ms"].items()]
    return [
        f"**Damaged film**, {degraded['scenes']} of the scenes, undamaged and with one kind of damage at a time; it "
        f"costs {value(degraded['loss'])} on average, {value(degraded['worst_loss'])} at worst:",
        "",
        *table(["", "onset F1, ±50 ms"], rows),
    ]


def film_section(film: Figures) -> list[str]:
    paths = ("generated.av_align", "baselines.constant_rate", "baselines.shuffled_in_time", "natural.av_align")
    counts = ("generated.onsets", "motion_peaks")
    rows = [[row["film"], *(value(figure(row, path)) for path in (*paths, *counts))] for row in film["films"]]
    if together := figure(film, "together"):
        counted = ("generated.onsets", "generated.peaks")
        rows.append(["**together**", *(value(figure(together, path)) for path in (*paths, *counted))])
    head = ["", "ours", "constant rate", "ours, shuffled", "its own sound", "onsets", "motion peaks"]
    return [
        "**Real film**, AV-Align (intersection over union of motion peaks and onsets; natural sound has narration and "
        "music):",
        "",
        *table(head, rows),
        *_invented_lines(film),
    ]


def _invented_lines(film: Figures) -> list[str]:
    speaking, held = film["people_who_speak"], film["held_frame"]
    lines = []
    if speaking:
        lines.append(
            f"Of {speaking['clips']} clips of people who speak {speaking['silent_clips']} stay silent; they lie at "
            f"{value(speaking['level_db'])} dBFS on average, {value(speaking['loudest_db'])} at most, with "
            f"{value(speaking['onsets_per_second'])} onsets a second."
        )
    if held:
        level = "is digital silence" if held["digital_silence"] else f"sounds at {value(held['level_db'])} dBFS"
        lines.append(f"A frame held for four seconds {level}.")
    return ["", " ".join(lines)] if lines else []


def prompts_section(prompts: Figures) -> list[str]:
    keys = ("natural", "through_codec", "generated")
    rows = [[name, *(value(rates[key]) for key in keys)] for name, rates in prompts["classes"].items()]
    rows.append(["**all**", *(value(prompts["overall"][key]) for key in keys)])
    lines = [
        f"**Prompts**, share of {prompts['sounds_per_class']} sounds a class that a classifier of recordings names "
        f"right; ours are named {value(prompts['ratio'])} × as often as held-out recordings at the same events:",
        "",
        *table(["", "recordings", "recordings through the codec", "ours"], rows),
    ]
    if negative := prompts["negative"]:
        kept, otherwise = negative["still_named"], negative["still_named_when_another_is_unwanted"]
        lines += [
            "",
            f"Of {negative['sounds']} sounds made from the picture alone {value(kept)} keep their name when its words "
            f"are the negative prompt, {value(otherwise)} when another class's are.",
        ]
    return lines


def steps_section(steps: Figures) -> list[str]:
    counts = list(steps["foley_f1_50ms"])
    words = steps["word_error"] or {}
    rows = [
        [f"{count} evaluations", value(steps["foley_f1_50ms"][count]), value(words.get(count)),
         value(steps["foley_distance_to_50_db"].get(count)), value(steps["dialogue_distance_to_50_db"].get(count))]
        for count in counts
    ]  # fmt: skip
    far = [steps[name].get("another_seed") for name in ("foley_distance_to_50_db", "dialogue_distance_to_50_db")]
    rows.append(["50, another seed", "–", "–", *map(value, far)])
    return [
        f"**Few steps**, the same noise on {steps['scenes']} scenes and {steps['sentences']} sentences; distances are "
        "log-spectral, in dB:",
        "",
        *table(["", "onset F1, ±50 ms", "word error", "foley to 50", "dialogue to 50"], rows),
    ]


def speed_section(speed: Figures) -> list[str]:
    rows = [
        [task, value(row["sound_seconds_per_second"]), value(row["film_seconds_per_second"]),
         ", ".join(f"{stage} {share:.0%}" for stage, share in row["share_by_stage"].items())]
        for task, row in speed["tasks"].items()
    ]  # fmt: skip
    return [
        f"**Speed**, `talkies generate` on {speed['film_s']} s of film, {speed['processors']} processors, everything "
        f"counted; the weights take {value(speed['weights_mb'])} MB:",
        "",
        *table(["task", "seconds of sound per second", "seconds of film", "shares"], rows),
    ]


SECTIONS: dict[str, Callable[[Figures], list[str]]] = {
    "codec": codec_section,
    "dialogue": dialogue_section,
    "voices": voices_section,
    "lips": lips_section,
    "foley": foley_section,
    "degraded": degraded_section,
    "film": film_section,
    "prompts": prompts_section,
    "steps": steps_section,
    "speed": speed_section,
}
"""By the name of the part."""
