"""Tiny random models that generate tokens of a codec, in folders as ``save_pretrained`` writes the large ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

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
