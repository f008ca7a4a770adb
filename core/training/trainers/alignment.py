"""When each phoneme of the corpus is spoken: a small acoustic model of our own trained with CTC, forced alignment.

The result feeds the duration model and tells the flow model in training where every phoneme lies. Frames are the
codec's mel frames taken in pairs: 50 a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import Flags, Sound
from talkies.core.conditioning.speech.phonemes import PAUSE, speak, vocabulary
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.corpus.recordings import SoundCache, Utterance, utterances
from talkies.core.model.bands import MEL_BANDS, MelFrames
from talkies.core.model.convnext import ConvNeXtBlock
from talkies.core.model.sampling import half_precision_pays
from talkies.core.model.torch_pair import need_torchaudio
from talkies.core.training.run import Run, rate_at, set_rate

FRAME_RATE = 50
FRAME_SAMPLES = 960


@dataclass(frozen=True)
class AlignmentTraining:
    """Where the material lies, where the run goes, how long it lasts."""

    data: Path
    cache: Path
    out: Path
    steps: int = 1500
    batch: int = 16
    peak_rate: float = 2e-3
    seed: int = 0


class AcousticModel(nn.Module):
    """mel pairs (B, F, 2M) → log-probabilities (B, F, vocabulary); id 0 is CTC's blank."""

    def __init__(self, width: int = 192, blocks: int = 6) -> None:
        super().__init__()
        self.embed = nn.Conv1d(2 * MEL_BANDS, width, 5, padding=2)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 1 / blocks) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, len(vocabulary()) + PAUSE + 1)

    def forward(self, pairs: Tensor) -> Tensor:
        x = self.embed(pairs.transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        scores: Tensor = self.out(self.norm(x.transpose(1, 2))).float()
        return scores.log_softmax(-1)


def mel_pairs(mel: MelFrames, sound: Sound) -> Tensor:
    """(N,) → (F, 2M), standardised per recording so that voices and rooms look alike."""
    whole = torch.from_numpy(sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES])
    frames = mel(whole[None])[0].T.unflatten(0, (-1, 2)).flatten(1)
    standard: Tensor = (frames - frames.mean(0)) / (frames.std(0) + 0.5)
    return standard


def train_acoustic_model(plan: AlignmentTraining) -> Iterator[dict[str, float]]:
    """Trains or resumes on the training split; yields figures every 20 steps."""
    torch.manual_seed(plan.seed)
    cache, run, mel = SoundCache(plan.data, plan.cache), Run(plan.out), MelFrames()
    items = [(u, [i for i in speak(u.text, u.language).ids if i != PAUSE]) for u in utterances(plan.data, "train")]
    model = AcousticModel()
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=1e-2)
    step = run.resume(model=model, optimizer=optimizer)
    rng, half = np.random.default_rng([plan.seed, step]), half_precision_pays(torch.device("cpu"))
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        chosen = [items[i] for i in rng.integers(len(items), size=plan.batch)]
        pairs = [mel_pairs(mel, cache.load_speech(u.file)) for u, _ in chosen]
        batch = nn.utils.rnn.pad_sequence(pairs, batch_first=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            scores = model(batch)
        targets = torch.tensor([i for _, ids in chosen for i in ids])
        lengths = torch.tensor([len(p) for p in pairs]), torch.tensor([len(ids) for _, ids in chosen])
        loss = nn.functional.ctc_loss(scores.transpose(0, 1), targets, *lengths, zero_infinity=True)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 20 == 0:
            run.log(step=step, loss=loss.item())
            yield {"step": step, "loss": loss.item()}
        if run.due() or step == plan.steps:
            run.save(step, model=model, optimizer=optimizer)


def align(model: AcousticModel, mel: MelFrames, sound: Sound, ids: list[int]) -> Spans:
    """When the phonemes ``ids`` (no pauses) are spoken in ``sound``: spans without holes, PAUSE where it is silent.

    [] when there are more phonemes than frames.
    """
    pairs = mel_pairs(mel, sound)
    with torch.inference_mode():
        scores = model(pairs[None])
    if not ids or len(ids) + sum(a == b for a, b in pairwise(ids)) > len(pairs):
        return []
    path, _ = need_torchaudio().functional.forced_align(scores, torch.tensor([ids]))
    loud = _loud_frames(sound, len(pairs))
    return _spans(path[0].tolist(), ids, loud)


def _loud_frames(sound: Sound, frames: int) -> Flags:
    """(F,) whether each 20 ms frame stands 8 dB above the room, and no more than 34 dB below the loud parts."""
    level = np.sqrt(np.square(sound[: frames * FRAME_SAMPLES].reshape(frames, -1)).mean(1) + 1e-12)
    room, loud = np.percentile(level, 5), np.percentile(level, 95)
    return np.asarray(level > min(max(room * 10 ** (8 / 20), loud * 10 ** (-34 / 20)), loud * 10 ** (-18 / 20)))


def _spans(path: list[int], ids: list[int], loud: Flags) -> Spans:
    """CTC marks a few frames of each phoneme: what lies between two is shared in the middle, or is a pause when a
    silence of 80 ms or more lies there."""
    marks: list[list[int]] = []
    previous = 0
    for frame, label in enumerate(path):
        if label and label == previous:
            marks[-1][1] = frame + 1
        elif label:
            marks.append([frame, frame + 1])
        previous = label
    voiced = np.flatnonzero(loud)
    first = min(marks[0][0], max(int(voiced[0]), marks[0][0] - 8)) if len(voiced) else marks[0][0]
    last = max(marks[-1][1], min(int(voiced[-1]) + 1, marks[-1][1] + 10)) if len(voiced) else marks[-1][1]
    spans: Spans = []
    start = first
    for number, phoneme in enumerate(ids):
        after = marks[number + 1][0] if number + 1 < len(marks) else last
        end, following = _boundary(marks[number][1], after, loud) if number + 1 < len(marks) else (last, last)
        spans.append((phoneme, start / FRAME_RATE, end / FRAME_RATE))
        if following > end:
            spans.append((PAUSE, end / FRAME_RATE, following / FRAME_RATE))
        start = following
    return spans


def _boundary(left: int, right: int, loud: Flags) -> tuple[int, int]:
    """(end of the left phoneme, start of the right one) between their marks."""
    quiet = [frame for frame in range(left, right) if not loud[frame]]
    if len(quiet) >= 4:
        return quiet[0], quiet[-1] + 1
    middle = (left + right + 1) // 2
    return middle, middle


def align_corpus(plan: AlignmentTraining) -> Iterator[tuple[Utterance, Spans]]:
    """Aligns both splits with the trained model; writes ``alignments.json`` in the run's folder at the end."""
    cache, run, mel, model = SoundCache(plan.data, plan.cache), Run(plan.out), MelFrames(), AcousticModel()
    run.resume(model=model)
    everything: dict[str, Spans] = {}
    for utterance in utterances(plan.data, "train") + utterances(plan.data, "test"):
        ids = [i for i in speak(utterance.text, utterance.language).ids if i != PAUSE]
        everything[utterance.file] = align(model.eval(), mel, cache.load_speech(utterance.file), ids)
        yield utterance, everything[utterance.file]
    part = plan.out / "alignments.part"
    part.write_text(json.dumps(everything), encoding="utf-8")
    part.replace(plan.out / "alignments.json")
