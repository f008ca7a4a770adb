"""Tiny random models in folders, as ``save_pretrained`` writes the large ones, and engines added with them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch

from talkies.core.engines.base import load_engine
from talkies.core.engines.guest import GuestEngine
from talkies.core.engines.guests.adding import add, remove

CARD = "---\nlicense: cc-by-nc-4.0\ntags:\n- mms\n---\n\n# A model\n"
LETTERS = " 'abcdefghijklmnopqrstuvwxyz"


@contextmanager
def quietly() -> Iterator[None]:
    """The libraries warn of each other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@contextmanager
def added(adapter: str, folder: Path, *options: str) -> Iterator[GuestEngine]:
    """The engine that an adapter is with a folder, added as the user adds it and loaded; gone afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALKIES_CONFIG", str(folder.parent / "configuration" / "config.toml"))
        add("tiny", [str(folder), *options], adapter=adapter)
        engine = load_engine("tiny", device="cpu")
        remove("tiny")
    assert isinstance(engine, GuestEngine)
    try:
        yield engine
    finally:
        engine.close()


def tiny_vits(folder: Path, language: str = "nld", uroman: bool = False, phonemize: bool = False, **more: Any) -> Path:
    """A random model that speaks noise, 64 ms for each character at its own pace."""
    library: Any = import_module("transformers")
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({each: number for number, each in enumerate(["<pad>", *LETTERS])}))
    spelling = {"language": language, "is_uroman": uroman, "phonemize": phonemize}
    library.VitsTokenizer(folder / "vocab.json", **spelling).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {
        "vocab_size": len(LETTERS) + 1, "hidden_size": 16, "num_hidden_layers": 1, "ffn_dim": 16, "flow_size": 16,
        "spectrogram_bins": 9, "upsample_initial_channel": 16, "upsample_rates": [4, 4, 2, 2],
        "upsample_kernel_sizes": [8, 8, 4, 4], "resblock_kernel_sizes": [3], "resblock_dilation_sizes": [[1]],
        "prior_encoder_num_wavenet_layers": 1, "posterior_encoder_num_wavenet_layers": 1, "prior_encoder_num_flows": 1,
        "duration_predictor_filter_channels": 16, "use_stochastic_duration_prediction": False,
    }  # fmt: skip
    model = library.VitsModel(library.VitsConfig(**shape | more))
    if not model.config.use_stochastic_duration_prediction:
        model.duration_predictor.proj.weight.data.zero_()
        model.duration_predictor.proj.bias.data.fill_(2.0)  # e², which is 8 frames, for each character and each blank
    model.save_pretrained(folder)
    (folder / "README.md").write_text(CARD)
    return folder


@quietly()
def tiny_audioldm2(folder: Path) -> Path:
    """AudioLDM2 as small as it gets: noise at 8 kHz."""
    diffusers, library = _libraries()
    torch.manual_seed(0)
    gpt = library.GPT2Config(n_embd=16, n_head=2, n_layer=1, vocab_size=8, n_positions=99)
    language_model = library.GPT2Model(gpt)  # as folders have it, and not the one that generates
    language_model.config.max_new_tokens = 4
    unet = diffusers.AudioLDM2UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=8, in_channels=2, out_channels=2,
        norm_num_groups=4, attention_head_dim=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=([None, 16, 32], [None, 16, 32]),
    )  # fmt: skip
    parts = {
        "unet": unet,
        "vae": _tiny_vae(diffusers, 2),
        "scheduler": diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False),
        "text_encoder": library.ClapModel(_tiny_clap(library)),
        "text_encoder_2": _tiny_t5(library),
        "tokenizer": _tiny_roberta(library),
        "tokenizer_2": tiny_t5_words(library),
        "feature_extractor": library.ClapFeatureExtractor(),
        "language_model": language_model,
        "projection_model": diffusers.AudioLDM2ProjectionModel(16, 32, 16),
        "vocoder": _tiny_vocoder(library),
    }
    return _saved(diffusers.AudioLDM2Pipeline, parts, folder)


@quietly()
def tiny_audioldm(folder: Path) -> Path:
    """The first AudioLDM, as small as it gets: noise at 8 kHz."""
    diffusers, library = _libraries()
    torch.manual_seed(0)
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=8, in_channels=2, out_channels=2,
        norm_num_groups=4, attention_head_dim=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=(8, 16),
        class_embed_type="simple_projection", projection_class_embeddings_input_dim=16, class_embeddings_concat=True,
    )  # fmt: skip
    parts = {
        "unet": unet,
        "vae": _tiny_vae(diffusers, 2),
        "scheduler": diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False),
        "text_encoder": library.ClapTextModelWithProjection(_tiny_clap(library).text_config),
        "tokenizer": _tiny_roberta(library),
        "vocoder": _tiny_vocoder(library),
    }
    return _saved(diffusers.AudioLDMPipeline, parts, folder)


@quietly()
def tiny_stable_audio(folder: Path) -> Path:
    """Stable Audio as small as it gets: two channels of noise at 8 kHz, three seconds."""
    diffusers, library = _libraries()
    torch.manual_seed(0)
    transformer = diffusers.StableAudioDiTModel(
        sample_size=200, in_channels=3, num_layers=1, attention_head_dim=4, num_attention_heads=2,
        num_key_value_attention_heads=2, out_channels=3, cross_attention_dim=4, time_proj_dim=8,
        global_states_input_dim=8, cross_attention_input_dim=4,
    )  # fmt: skip
    vae = diffusers.AutoencoderOobleck(
        encoder_hidden_size=4, downsampling_ratios=[8, 16], decoder_channels=4, decoder_input_channels=3,
        audio_channels=2, channel_multiples=[1, 2], sampling_rate=8000,
    )  # fmt: skip
    parts = {
        "transformer": transformer,
        "vae": vae,
        "scheduler": diffusers.CosineDPMSolverMultistepScheduler(
            solver_order=2, prediction_type="v_prediction", sigma_data=1.0, sigma_schedule="exponential"
        ),
        "text_encoder": _tiny_t5(library),
        "tokenizer": tiny_t5_words(library),
        "projection_model": diffusers.StableAudioProjectionModel(32, 4, 0, 512),
    }
    card = "---\nlicense: other\nlicense_name: stable-audio-community\n---\n"
    return _saved(diffusers.StableAudioPipeline, parts, folder, card)


@quietly()
def tiny_ace_step(folder: Path, **more: Any) -> Path:
    """ACE-Step as small as it gets: two channels of noise at 8 kHz. ``more``: of its transformer."""
    diffusers, library = _libraries()
    torch.manual_seed(0)
    shape = {
        "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8,
    }  # fmt: skip
    transformer = diffusers.AceStepTransformer1DModel(
        **shape | more, num_hidden_layers=1, in_channels=12, audio_acoustic_hidden_dim=4, encoder_hidden_size=16
    )
    vae = diffusers.AutoencoderOobleck(
        encoder_hidden_size=4, downsampling_ratios=[8, 16], decoder_channels=4, decoder_input_channels=4,
        audio_channels=2, channel_multiples=[1, 2], sampling_rate=8000,
    )  # fmt: skip
    text = library.Qwen3Config(**shape, vocab_size=200, num_hidden_layers=1)
    letters = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *map(chr, range(33, 127)), "Ġ", "Ċ"]
    parts = {
        "transformer": transformer,
        "vae": vae,
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        "text_encoder": library.Qwen3Model(text),
        "tokenizer": library.Qwen2Tokenizer(vocab={each: number for number, each in enumerate(letters)}, merges=[]),
        "condition_encoder": diffusers.AceStepConditionEncoder(
            **shape, text_hidden_dim=16, timbre_hidden_dim=4, num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1,
        ),
    }  # fmt: skip
    return _saved(diffusers.AceStepPipeline, parts, folder, "---\nlicense: mit\n---\n")


def _saved(kind: Any, parts: dict[str, Any], folder: Path, card: str = CARD) -> Path:
    kind(**parts).save_pretrained(folder)
    (folder / "README.md").write_text(card)
    return folder


def _libraries() -> tuple[Any, Any]:
    return import_module("diffusers"), import_module("transformers")


def _tiny_vae(diffusers: Any, channels: int) -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=[8, 8], in_channels=1, out_channels=1, latent_channels=channels, norm_num_groups=4,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    )  # fmt: skip


def _tiny_vocoder(library: Any) -> Any:
    """8 mel bands at 100 Hz → 8 kHz."""
    config = library.SpeechT5HifiGanConfig(
        model_in_dim=8, sampling_rate=8000, upsample_initial_channel=16, upsample_rates=[8, 10],
        upsample_kernel_sizes=[16, 20], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1]],
        normalize_before=False,
    )  # fmt: skip
    vocoder = library.SpeechT5HifiGan(config)
    vocoder.conv_post.weight.data.mul_(30_000)  # so that it can be heard
    return vocoder


def _tiny_clap(library: Any) -> Any:
    text = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_hidden_layers": 1}
    audio = {
        "spec_size": 64, "window_size": 4, "num_mel_bins": 64, "depths": [1, 1], "num_attention_heads": [2, 2],
        "num_hidden_layers": 2, "hidden_size": 32, "patch_embeds_hidden_size": 16, "patch_size": 4, "patch_stride": 4,
        "projection_dim": 16,
    }  # fmt: skip
    text |= {"vocab_size": 300, "projection_dim": 16}
    return library.ClapConfig(text_config=text, audio_config=audio, projection_dim=16)


def _tiny_t5(library: Any) -> Any:
    return library.T5EncoderModel(
        library.T5Config(vocab_size=300, d_model=32, d_ff=16, d_kv=8, num_heads=2, num_layers=1)
    )


def _tiny_roberta(library: Any) -> Any:
    words = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "Ġ", *LETTERS]
    vocabulary = {each: number for number, each in enumerate(words)}
    return library.RobertaTokenizer(vocab=vocabulary, merges=[], model_max_length=32)


def tiny_t5_words(library: Any) -> Any:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((each, -3.0) for each in LETTERS)]
    return library.T5Tokenizer(vocab=pieces, model_max_length=32)
