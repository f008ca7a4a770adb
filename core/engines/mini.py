"""The engine that ships: a ten-layer VSSFlow of width 256 and our own codec, offline on a CPU.

One safetensors file holds six modules (``flow.*``, ``codec.*``, ``events.*``, ``durations.*``, ``lips.*``,
``palette.*``) and their sizes; without ``lips`` it still speaks, with a mouth's movement for want of its words, and
without ``palette`` it heeds prompts less.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.events import EventSpotter, decided
from talkies.core.conditioning.picture.sync import SYNC_DIM
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.prompt.naming import Words
from talkies.core.conditioning.prompt.palette import Palette, PaletteNames
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS, PromptWords, read_prompt
from talkies.core.conditioning.speech.durations import DurationModel
from talkies.core.conditioning.speech.lipreading import LipNetwork
from talkies.core.engines.base import Brief, Engine, Line, Spotted, refuse_music, silence
from talkies.core.engines.described import described, with_described
from talkies.core.engines.listed import listed_events, spotted_in
from talkies.core.engines.mini_prepared import MiniPrepared, Named
from talkies.core.engines.mini_speech import SpeechReader, begun, says_nothing, spoken_frames, spoken_stretches
from talkies.core.engines.ruled import audible_where, recipe_asked_for, ruled, several_strike, unlearned
from talkies.core.errors import MediaError, WeightsError
from talkies.core.files.hashing import checked_hash
from talkies.core.flow.windows import seeded_noise
from talkies.core.model.codec import Codec, CodecConfig
from talkies.core.model.conditions import Conditions
from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.sampling import Settings, sample
from talkies.core.model.sketch import Sketch
from talkies.core.model.vssflow import VSSFlow
from talkies.core.model.weights import fitted, load_metadata, load_state, shipped_weights
from talkies.core.times import latent_count, round_half_up

WEIGHTS_NAME = "mini.safetensors"
_STEMS = ("foley", "dialogue", "joint")  # each with a noise of its own, so that no two add up to a louder one


class MiniModel(nn.Module):
    """What is in the weights file."""

    def __init__(
        self, flow: VSSFlowConfig, codec: CodecConfig, reads_lips: bool = False, palette: PaletteNames | None = None
    ) -> None:
        super().__init__()
        self.flow = VSSFlow(flow)
        self.codec = Codec(codec)
        self.events = EventSpotter()
        self.durations = DurationModel()
        self.lips = LipNetwork() if reads_lips else None
        self.palette = None if palette is None else Palette(palette, codec.latent_channels)


class MiniEngine(Engine):
    """See the module; ``licence`` is the weights' own."""

    name: ClassVar[str] = "mini"
    default_steps: ClassVar[int] = 8
    default_guidance: ClassVar[float] = 3.0
    hears_spots: ClassVar[bool] = True
    sample_rate = CodecConfig.sample_rate
    licence = "Apache-2.0"

    def __init__(self, model: MiniModel, weights_hash: str, device: str) -> None:
        self.model, self.weights_hash, self.device = model.to(device).eval().requires_grad_(False), weights_hash, device
        self.speech = SpeechReader(self.model.durations, self.model.lips)

    @classmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        path = weights or shipped_weights(WEIGHTS_NAME)
        metadata = load_metadata(path)
        state = load_state(path)
        try:
            codec = CodecConfig(**json.loads(metadata["codec"]))
            flow = VSSFlowConfig.from_json(metadata["flow"], str(path))
            palette = PaletteNames.from_json(metadata["palette"]).of(state) if "palette" in metadata else None
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            cure = "give a file that talkies train wrote, or leave the option out"
            raise WeightsError(path, "holds no configuration of a mini model", cure) from error
        reads_lips = any(name.startswith("lips.") for name in state)
        model = fitted(lambda: MiniModel(flow, codec, reads_lips, palette), state, path)
        return cls(model, checked_hash(path, WeightsError), device)

    # Conditions: what the model is told

    def prepare(self, brief: Brief) -> MiniPrepared:
        refuse_music(self.name, brief.task)
        if brief.task == "dialogue":
            return self._dialogue(brief)
        if brief.features is None:
            raise MediaError(brief.task, "needs a picture and there is none", "relink the media or choose dialogue")
        prepare = self._foley if brief.task == "foley" else self._joint
        return prepare(brief.features, brief)

    def _dialogue(self, brief: Brief) -> MiniPrepared:
        speech, said, phonemes = self.speech.conditions(brief)
        stretches = spoken_stretches(brief.lines, speech.frames)
        audible = torch.zeros(speech.frames)
        for stretch in stretches:
            audible[stretch.start : stretch.stop] = 1
        return MiniPrepared(
            task="dialogue",
            duration=brief.duration,
            silent=says_nothing(speech),
            warnings=said,
            phonemes=tuple(phonemes),
            conditions=speech,
            stretches=stretches,
            audible=audible,
        )

    def _joint(self, features: PictureFeatures, brief: Brief) -> MiniPrepared:
        """Effects with speech beside them."""
        effects = self._effects(features, brief, read_prompt(brief.prompt), read_prompt(brief.negative_prompt))
        speech, warnings, phonemes = self.speech.conditions(brief)
        both = replace(
            effects,
            silent=not _happens(features, brief) and says_nothing(speech),
            warnings=effects.warnings + warnings,
            phonemes=tuple(phonemes),
            conditions=replace(effects.conditions, phones=speech.phones, lips=speech.lips, voice=speech.voice),
            audible=None,
            named=effects.named and replace(effects.named, spoken=spoken_frames(speech.phones)),
        )
        return _with_described(both, brief)

    def _foley(self, features: PictureFeatures, brief: Brief) -> MiniPrepared:
        """Effects alone, by rules where these name the prompt's sounds better."""
        wanted, unwanted = read_prompt(brief.prompt), read_prompt(brief.negative_prompt)
        effects = self._effects(features, brief, wanted, unwanted)
        recipe, warnings = recipe_asked_for(brief.source, wanted, unwanted)
        if recipe is None:
            return _with_described(replace(effects, warnings=(*effects.warnings, *warnings)), brief)
        events = _events(effects.conditions)
        audible = audible_where(events, wanted.words, brief.inside)
        by_rules = ruled(recipe, events, audible, float(brief.duration), brief.inside)
        told = (*wanted.warnings, *unwanted.warnings, *warnings)
        return _with_described(replace(effects, ruled=by_rules, warnings=told), brief)

    def _effects(
        self, features: PictureFeatures, brief: Brief, wanted: PromptWords, unwanted: PromptWords
    ) -> MiniPrepared:
        """Effects alone. With words, the negative branch is the same picture, unmoved and without these words: towards
        the words and the moments, and no further towards the material that the eye would guess."""
        seen = self._seen(features, brief)
        negative = None
        if wanted.ids or unwanted.ids:
            looks = replace(seen, sync=None)
            negative = replace(looks, prompt=_prompt_ids(unwanted.ids)) if unwanted.ids else looks
        audible = None if self._goes_on(wanted, unwanted) else audible_where(_events(seen), wanted.words, brief.inside)
        return MiniPrepared(
            task=brief.task,
            duration=brief.duration,
            silent=not _happens(features, brief) or (audible is not None and not bool(audible.any())),
            warnings=(
                *wanted.warnings,
                *unwanted.warnings,
                *unlearned(wanted),
                *self._left_out(wanted.learned, unwanted.learned),
            ),
            conditions=replace(seen, prompt=_prompt_ids(wanted.ids)) if wanted.ids else seen,
            negative=negative,
            audible=audible,
            named=Named(wanted.learned, unwanted.learned, inside=brief.inside) if wanted.learned else None,
        )

    def _seen(self, features: PictureFeatures, brief: Brief) -> Conditions:
        """The picture's share of the conditions, with the events of a list where one is given; nobody speaks."""
        frames = latent_count(brief.duration)
        picture, nobody = torch.from_numpy(features.picture), torch.zeros(2 * frames, dtype=torch.long)
        sync = self.model.events.watch(torch.from_numpy(features.sync), picture, decide=True)
        if brief.spotted is not None:
            sync[:, SYNC_DIM:] = listed_events(brief.spotted, len(sync))
        return Conditions(frames, phones=nobody, sync=sync, picture=picture)

    def spot(self, features: PictureFeatures) -> Spotted:
        sync, picture = torch.from_numpy(features.sync).float(), torch.from_numpy(features.picture).float()
        likely = self.model.events.probabilities(sync, picture, in_a_mirror=True)
        return spotted_in(decided(likely), likely)

    def _goes_on(self, wanted: PromptWords, unwanted: PromptWords) -> bool:
        """Whether the words name a texture, which sounds whatever strikes."""
        palette = self.model.palette
        return palette is not None and bool(wanted.learned) and palette.goes_on(wanted.learned, unwanted.learned)

    def _left_out(self, words: Words, unwanted: Words) -> list[str]:
        """Says when a prompt names more than one sound that strikes."""
        laid, left = ((), ()) if self.model.palette is None else self.model.palette.left_out(words, unwanted)
        return several_strike(" ".join(laid), left)

    def word_starts(self, features: PictureFeatures | None, line: Line, voice: str) -> list[float]:
        """When each word of a line will be said (s), words as espeak parts them."""
        return self.speech.word_starts(features, line, voice)

    # Sound

    def sound(
        self, prepared: MiniPrepared, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        if prepared.quiet or prepared.ruled is not None:
            on_step(1.0)
            samples = round_half_up(prepared.duration * self.sample_rate)
            rest = prepared.ruled.sound(seed) if prepared.ruled and not prepared.quiet else silence(samples)
        else:
            rest = self._by_network(prepared, seed, Settings(steps=steps, guidance=guidance), on_step)
        yield from with_described(rest, prepared.described, self.sample_rate, seed)

    def _by_network(
        self, prepared: MiniPrepared, seed: int, settings: Settings, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        frames = latent_count(prepared.duration)
        channels = self.model.codec.config.latent_channels
        noise = begun(seeded_noise(seed, channels, frames), prepared.conditions.phones).to(self.device)
        negative = None if prepared.negative is None else prepared.negative.to(self.device)
        conditions = prepared.conditions.to(self.device)
        sketch = self.sketch(prepared, conditions, seed)
        latents = sample(
            self.model.flow,
            conditions,
            noise,
            settings,
            negative=negative,
            sketch=sketch,
            stretches=prepared.stretches,
            on_step=on_step,
        )
        if prepared.audible is not None:
            silence = self.model.codec.silence(frames).to(latents)
            latents = torch.lerp(silence, latents, prepared.audible[:frames].to(latents))
        yield from self.decode(latents, seed * len(_STEMS) + _STEMS.index(prepared.task))

    def sketch(self, prepared: MiniPrepared, conditions: Conditions, seed: int) -> Sketch | None:
        """What is drawn of the named sounds before the network begins."""
        named, sync = prepared.named, conditions.sync
        if self.model.palette is None or named is None or sync is None:
            return None
        events = sync[:, SYNC_DIM:]
        sketch = self.model.palette.sketch(
            self.model.codec, named.words, named.unwanted, events, seed, inside=named.inside
        )
        if sketch is None:
            return None
        if named.spoken is None:  # an effects stem: what is not drawn is silence
            return replace(sketch, drawn=torch.ones_like(sketch.drawn))
        return replace(sketch, drawn=sketch.drawn & ~named.spoken.to(sync.device))

    def decode(self, latents: Tensor, seed: int = 0) -> Iterator[Sound]:
        """Latents (C, T) → blocks of sound; ``seed`` is that of its noise."""
        with torch.no_grad():
            for block in self.model.codec.decode(latents, seed):
                yield block.cpu().numpy()

    @torch.no_grad()
    def codec_roundtrip(self, sound: Sound) -> Sound:
        """Sound (N,) through the codec and back, for its figures."""
        latents = self.model.codec.encode(torch.from_numpy(sound)[None].to(self.device))[0]
        return np.concatenate(list(self.decode(latents)))[: len(sound)]


def _prompt_ids(ids: tuple[int, ...]) -> Tensor:
    return torch.tensor([*ids, *[0] * (PROMPT_TOKENS - len(ids))])


def _events(conditions: Conditions) -> Tensor:
    assert conditions.sync is not None
    return conditions.sync[:, SYNC_DIM:]


def _with_described(prepared: MiniPrepared, brief: Brief) -> MiniPrepared:
    """With the sounds that subtitles describe, which are heard where nothing else is."""
    events = _events(prepared.conditions)
    found, told = described(brief.sounds, events, float(brief.duration), alone=brief.task == "foley")
    return replace(
        prepared,
        described=found,
        quiet=prepared.silent,
        silent=prepared.silent and not found,
        warnings=tuple(dict.fromkeys((*prepared.warnings, *told))),
    )


def _happens(features: PictureFeatures, brief: Brief) -> bool:
    """Whether anything happens at all, in the picture or by the list: silence is a valid answer."""
    if brief.spotted is not None:
        return bool(brief.spotted.strokes or brief.spotted.spans)
    return bool(np.abs(features.sync).max(initial=0.0) > 0)
