"""Configuration of a VSSFlow model: one frozen dataclass, two presets (docs/design.md has both)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from talkies.core.errors import WeightsError

LARGEST = 1 << 20
"""Of any size; layers are fewer still, for each of them is made even where no memory is taken."""
MOST_LAYERS = 1000


@dataclass(frozen=True)
class VSSFlowConfig:
    """Sizes of the transformer and of its conditions; the defaults are the reference profile.

    Fields named ``*_dim`` are numbers per step of a feature; ``*_feat_dim`` what the projections make of them.
    ``phones_per_frame`` phoneme ids stand for one latent frame, their embeddings side by side on the channels.
    ``prompt_vocabulary`` 0 means that the model knows no prompts. ``preconditioned``: the network says only what
    differs from the best guess without looking (:meth:`VSSFlow.velocity`); the reference does without.
    """

    latent_channels: int = 128
    lip_dim: int = 1024
    lip_feat_dim: int = 1024
    phone_vocabulary: int = 200
    phone_embedding_dim: int = 32
    phones_per_frame: int = 1
    synch_dim: int = 768
    synch_feat_dim: int = 768
    cond_dim: int = 768
    cond_feat_dim: int = 768
    voice_dim: int = 256
    prompt_vocabulary: int = 0
    num_layers: int = 10
    num_attention_heads: int = 24
    num_key_value_attention_heads: int = 12
    attention_head_dim: int = 64
    time_proj_dim: int = 256
    ff_mult: int = 4
    preconditioned: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "preconditioned":
                if type(value) is not bool:
                    raise WeightsError("model configuration", f"{field.name} is {value!r}, not true or false")
            elif type(value) is not int or value < (0 if field.name == "prompt_vocabulary" else 1):
                raise WeightsError("model configuration", f"{field.name} is {value!r}, not a positive whole number")
            elif value > (MOST_LAYERS if field.name == "num_layers" else LARGEST):
                raise WeightsError("model configuration", f"{field.name} is {value}, more than any model has")
        if self.num_attention_heads % self.num_key_value_attention_heads:
            raise WeightsError(
                "model configuration",
                f"{self.num_attention_heads} attention heads cannot share "
                f"{self.num_key_value_attention_heads} key/value heads",
            )
        if self.attention_head_dim % 4 or self.time_proj_dim % 2:
            raise WeightsError("model configuration", "attention_head_dim must divide by 4 and time_proj_dim by 2")

    @property
    def width(self) -> int:
        """Channels of the transformer's stream."""
        return self.num_attention_heads * self.attention_head_dim

    @property
    def phone_feat_dim(self) -> int:
        """Channels that the phonemes of one latent frame take."""
        return self.phones_per_frame * self.phone_embedding_dim

    @property
    def condition_channels(self) -> int:
        """Channels concatenated to the latents: lips, phonemes, sync."""
        return self.lip_feat_dim + self.phone_feat_dim + self.synch_feat_dim

    @property
    def in_channels(self) -> int:
        """Channels that enter and leave the transformer: latents first, then the conditions."""
        return self.latent_channels + self.condition_channels

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], subject: str = "model configuration") -> Self:
        """The configuration with these fields, the others as in the reference.

        Raises WeightsError, with ``subject`` as the thing that is wrong, for unknown names and impossible values.
        """
        known = {field.name for field in fields(cls)}
        derived = {name: value for name, value in values.items() if name == "in_channels"}
        unknown = sorted(set(values) - known - set(derived))
        if unknown:
            raise WeightsError(subject, f"unknown field {unknown[0]}", f"use one of {', '.join(sorted(known))}")
        try:
            config = cls(**{name: value for name, value in values.items() if name in known})
        except WeightsError as error:
            raise WeightsError(subject, error.problem) from None
        if derived and derived["in_channels"] != config.in_channels:
            raise WeightsError(
                subject, f"in_channels is {derived['in_channels']}, but the other fields add up to {config.in_channels}"
            )
        return config

    @classmethod
    def from_json(cls, text: str, subject: str = "model configuration") -> Self:
        """The configuration written by :meth:`to_json`. Raises WeightsError as :meth:`from_dict` does."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WeightsError(subject, f"is not JSON ({error})") from None
        if not isinstance(values, dict):
            raise WeightsError(subject, "is not a JSON object of fields")
        return cls.from_dict(values, subject)

    def to_json(self) -> str:
        """All fields, in their order, as a JSON object."""
        return json.dumps(asdict(self), indent=1)


VSSFLOW = VSSFlowConfig()
"""The reference profile: 453 M parameters in the transformer."""

MINI = VSSFlowConfig(
    latent_channels=128,
    lip_dim=4,
    lip_feat_dim=16,
    phone_vocabulary=256,
    phone_embedding_dim=32,
    phones_per_frame=2,
    synch_dim=36,
    synch_feat_dim=64,
    cond_dim=192,
    cond_feat_dim=128,
    voice_dim=64,
    prompt_vocabulary=256,
    num_layers=10,
    num_attention_heads=4,
    num_key_value_attention_heads=2,
    attention_head_dim=64,
    preconditioned=True,
)
"""The shipped model."""
