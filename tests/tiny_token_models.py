"""Tiny random models that generate tokens of a codec, in folders as ``save_pretrained`` writes the large ones."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tiny_models import CARD, quietly, tiny_t5_words


@quietly()
def tiny_musicgen(folder: Path, channels: int = 1) -> Path:
    """MusicGen as small as it gets: noise at 8 kHz, 50 tokens of four books a second, of each channel."""
    library: Any = import_module("transformers")
    torch.manual_seed(0)
    codec = library.EncodecConfig(
        target_bandwidths=[1.2], sampling_rate=8000, num_filters=4, num_residual_layers=1, num_lstm_layers=1,
        upsampling_ratios=[8, 4, 5], codebook_size=64, codebook_dim=16, hidden_size=16, kernel_size=3,
        last_kernel_size=3, use_conv_shortcut=False,
    )  # fmt: skip
    decoder = library.MusicgenDecoderConfig(
        vocab_size=64, hidden_size=16, ffn_dim=32, num_hidden_layers=1, num_attention_heads=2, audio_channels=channels,
        num_codebooks=codec.num_quantizers * channels, pad_token_id=64, bos_token_id=64,
    )  # fmt: skip
    text = library.T5Config(vocab_size=300, d_model=32, d_ff=16, d_kv=8, num_heads=2, num_layers=1)
    parts = {"text_encoder": text.to_dict(), "audio_encoder": codec.to_dict(), "decoder": decoder.to_dict()}
    model = library.MusicgenForConditionalGeneration(library.MusicgenConfig(**parts))
    for layer in (model.enc_to_dec_proj, *model.decoder.lm_heads):
        layer.weight.data.mul_(50)  # so that words matter
    for layer in model.audio_encoder.quantizer.layers:
        layer.codebook.embed.normal_()  # else all tokens sound alike
    for name in ("decoder_start_token_id", "pad_token_id", "bos_token_id"):
        setattr(model.generation_config, name, 64)
    model.save_pretrained(folder)
    tiny_t5_words(library).save_pretrained(folder)
    (folder / "README.md").write_text(CARD)
    return folder


@quietly()
def tiny_csm(folder: Path) -> Path:
    """CSM as small as it gets: noise at 8 kHz that ends by chance, with one frame of 256."""
    library: Any = import_module("transformers")
    torch.manual_seed(0)
    shape = {
        "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "head_dim": 8,
    }  # fmt: skip
    codec = library.MimiConfig(
        **shape, sampling_rate=8000, num_filters=4, num_residual_layers=1, upsampling_ratios=[4, 4, 5], frame_rate=50.0,
        codebook_size=16, codebook_dim=8, vector_quantization_hidden_dimension=8, num_quantizers=2, upsample_groups=16,
        num_semantic_quantizers=1,
    )  # fmt: skip
    books = {"num_codebooks": 2, "vocab_size": 16}
    model = library.CsmForConditionalGeneration(
        library.CsmConfig(
            **shape, **books, text_vocab_size=300, codebook_pad_token_id=15, codebook_eos_token_id=0, bos_token_id=1,
            eos_token_id=1, pad_token_id=0, audio_token_id=299, audio_eos_token_id=298, codec_config=codec.to_dict(),
            depth_decoder_config={**shape, **books, "backbone_hidden_size": 16, "max_position_embeddings": 4},
        )
    )  # fmt: skip
    for name, value in {"max_new_tokens": 1, "min_new_tokens": 1, "do_sample": True}.items():
        setattr(model.generation_config, f"depth_decoder_{name}", value)
    for name, tensor in model.codec_model.named_buffers():
        if name.endswith("embed_sum"):
            tensor.normal_(std=0.02)
    model.save_pretrained(folder)
    tiny_t5_words(library).save_pretrained(folder)
    (folder / "README.md").write_text(CARD)
    return folder


@quietly()
def tiny_dia(folder: Path) -> Path:
    """Dia as small as it gets, with its codec: noise at 8 kHz, of 1000 tokens a second, that ends by chance."""
    library: Any = import_module("transformers")
    torch.manual_seed(0)
    shape = {
        "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "head_dim": 8,
    }  # fmt: skip
    marks = {"eos_token_id": 64, "pad_token_id": 65, "bos_token_id": 66}
    codec = library.DacModel(
        library.DacConfig(
            encoder_hidden_size=4, downsampling_ratios=[2, 4], decoder_hidden_size=16, n_codebooks=3, codebook_size=64,
            codebook_dim=4, sampling_rate=8000, hidden_size=16,
        )
    )  # fmt: skip
    codec.decoder.conv2.weight.data.mul_(30)  # so that it can be heard
    decoder = {
        **shape, **marks, "cross_head_dim": 8, "cross_num_attention_heads": 2, "cross_num_key_value_heads": 2,
        "cross_hidden_size": 16, "vocab_size": 68, "num_channels": 3, "max_position_embeddings": 4096,
    }  # fmt: skip
    encoder = {**shape, "vocab_size": 256, "max_position_embeddings": 256}
    config = library.DiaConfig(encoder_config=encoder, decoder_config=decoder, delay_pattern=[0, 1, 2], **marks)
    library.DiaForConditionalGeneration(config).save_pretrained(folder)
    codec.save_pretrained(folder / "dac")
    library.DiaTokenizer().save_pretrained(folder)
    (folder / "README.md").write_text(CARD)
    return folder


BARK = {
    "model_type": "bark",
    "sample_rate": 8000,
    "codebook_size": 64,
    "semantic_config": {
        "eos_token_id": 20, "text_encoding_offset": 100, "text_pad_token": 590, "semantic_infer_token": 591,
        "semantic_vocab_size": 20, "max_input_semantic_length": 32, "do_sample": True, "max_new_tokens": 768,
    },
    "coarse_acoustics_config": {
        "coarse_semantic_pad_token": 300, "coarse_rate_hz": 50, "coarse_infer_token": 301, "max_coarse_history": 60,
        "max_coarse_input_length": 32, "sliding_window_len": 20, "do_sample": True,
    },
    "fine_acoustics_config": {"max_fine_history_length": 16, "max_fine_input_length": 32},
}  # fmt: skip


@quietly()
def tiny_bark(folder: Path) -> Path:
    """Bark as small as it gets, with two voices: noise at 8 kHz that ends by chance."""
    library: Any = import_module("transformers")
    torch.manual_seed(0)
    codec = library.EncodecConfig(
        target_bandwidths=[2.4], sampling_rate=8000, num_filters=4, num_residual_layers=1, num_lstm_layers=1,
        upsampling_ratios=[8, 4, 5], codebook_size=64, codebook_dim=16, hidden_size=16, kernel_size=3,
        last_kernel_size=3, use_conv_shortcut=False,
    )  # fmt: skip
    shape = {"hidden_size": 16, "num_layers": 1, "num_heads": 2, "block_size": 1024}
    semantic, coarse, fine = ({"input_vocab_size": size, "output_vocab_size": size} for size in (600, 310, 65))
    model = library.BarkModel(
        library.BarkConfig(
            semantic_config=shape | semantic, coarse_acoustics_config=shape | coarse,
            fine_acoustics_config=shape | fine, codec_config=codec.to_dict(),
        )
    )  # fmt: skip
    for layer in model.codec_model.quantizer.layers:
        layer.codebook.embed.normal_()
    model.save_pretrained(folder)
    (folder / "generation_config.json").write_text(json.dumps(BARK))
    letters = [chr(each) for each in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{each}" for each in letters)]
    library.BertTokenizer(vocab={each: number for number, each in enumerate(pieces)}).save_pretrained(folder)
    voices = {f"v2/en_speaker_{number}": _tiny_voice(folder, number) for number in range(2)}
    (folder / "speaker_embeddings_path.json").write_text(json.dumps({"repo_or_path": "suno/bark", **voices}))
    (folder / "README.md").write_text(CARD)
    return folder


def _tiny_voice(folder: Path, number: int) -> dict[str, str]:
    """A second of noise, in the files that Bark's voices are made of."""
    chance, found = np.random.default_rng(number), {}
    for key, most, size in (("semantic", 20, (50,)), ("coarse", 64, (2, 50)), ("fine", 64, (8, 50))):
        name = found[f"{key}_prompt"] = f"speaker_{number}_{key}_prompt.npy"
        np.save(folder / name, chance.integers(0, most, size))
    return found
