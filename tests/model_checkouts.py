"""Checkouts of models as their repositories have them, as far as core/engines/elsewhere calls them, and a Python of
their own: the same modules, names and signatures (read in November 2026), other contents. What is white is loud.

Their weights are a few bytes: the real ones were never here.
"""

from __future__ import annotations

import sysconfig
import venv
from pathlib import Path

import torch

_PICTURES = '''
import av, torch

def pictures(path, rate, seconds):
    """(T, 3, 4, 4) of 0 to 1: what shows at each of ``rate`` times a second, no longer than the movie has pictures."""
    found, times = [], []
    with av.open(str(path)) as movie:
        for frame in movie.decode(video=0):
            found.append(torch.full((3, 4, 4), float(frame.to_ndarray(format="rgb24").mean()) / 255))
            times.append(float(frame.time))
    shown, number = [], 0
    for picture, time in zip(found, times):
        while time >= number / rate and number < seconds * rate:
            shown.append(picture)
            number += 1
    return torch.stack(shown)
'''

MMAUDIO = {
    "mmaudio/__init__.py": "print('a library says what it likes')",
    "mmaudio/pictures.py": _PICTURES,
    "mmaudio/eval_utils.py": """
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional
import torch
from mmaudio.pictures import pictures

@dataclass
class SequenceConfig:
    duration: float
    sampling_rate: int
    spectrogram_frame_rate: int

    @property
    def latent_seq_len(self):
        return math.ceil(self.duration * self.sampling_rate / self.spectrogram_frame_rate / 2)

    @property
    def clip_seq_len(self):
        return int(self.duration * 8)

    @property
    def sync_seq_len(self):
        return int(((self.duration * 25 - 16) // 8 + 1) * 8)

@dataclass
class ModelConfig:
    model_name: str
    model_path: Path
    vae_path: Path
    bigvgan_16k_path: Optional[Path]
    mode: str
    synchformer_ckpt: Path = Path("./ext_weights/synchformer_state_dict.pth")

    @property
    def seq_cfg(self):
        return SequenceConfig(8.0, 44100, 512)

all_model_cfg = {
    "large_44k_v2": ModelConfig("large_44k_v2", Path("./weights/mmaudio_large_44k_v2.pth"),
                                Path("./ext_weights/v1-44.pth"), None, "44k"),
}

@dataclass
class VideoInfo:
    duration_sec: float
    clip_frames: torch.Tensor
    sync_frames: torch.Tensor

def load_video(video_path: Path, duration_sec: float, load_all_frames: bool = True):
    return VideoInfo(duration_sec, pictures(video_path, 8, duration_sec), pictures(video_path, 25, duration_sec))

def generate(clip_video, sync_video, text, *, negative_text=None, feature_utils, net, fm, rng, cfg_strength,
             clip_batch_size_multiplier=40, sync_batch_size_multiplier=40, image_input=False):
    latents, clips, syncs = net.lengths
    assert clip_video.shape[:2] == (1, clips) and ((sync_video.shape[1] - 16) // 8 + 1) * 8 == syncs
    assert len(text) == len(negative_text) == 1 and cfg_strength == 4.5 and feature_utils.ready
    quiet = torch.randn(1, 1, latents * 1024, generator=rng) * 1e-3
    sound = fm.to_data(lambda t, x: torch.zeros_like(x), quiet)
    loud = sync_video[0].mean((1, 2, 3)).repeat_interleave(44100 // 25)[: sound.shape[-1]]
    sound[..., : len(loud)] += 2 * loud
    return sound
""",
    "mmaudio/model/__init__.py": "",
    "mmaudio/model/utils/__init__.py": "",
    "mmaudio/model/networks.py": """
class Net:
    def to(self, device, dtype):
        return self
    def eval(self):
        return self
    def load_weights(self, state):
        assert list(state) == ["weight"]
    def update_seq_lengths(self, latent_seq_len, clip_seq_len, sync_seq_len):
        self.lengths = latent_seq_len, clip_seq_len, sync_seq_len

def get_my_mmaudio(name, **kwargs):
    assert name == "large_44k_v2"
    return Net()
""",
    "mmaudio/model/flow_matching.py": """
class FlowMatching:
    def __init__(self, min_sigma=0.0, inference_mode="euler", num_steps=25):
        self.num_steps = num_steps
    def to_data(self, fn, x0):
        for step in range(self.num_steps):
            x0 = x0 + fn(step / self.num_steps, x0) / self.num_steps
        return x0
""",
    "mmaudio/model/utils/features_utils.py": """
from pathlib import Path

class FeaturesUtils:
    def __init__(self, *, tod_vae_ckpt=None, bigvgan_vocoder_ckpt=None, synchformer_ckpt=None, enable_conditions=True,
                 mode="44k", need_vae_encoder=True):
        assert Path(tod_vae_ckpt).is_file() and Path(synchformer_ckpt).is_file() and bigvgan_vocoder_ckpt is None
    def to(self, device, dtype):
        return self
    def eval(self):
        self.ready = True
        return self
""",
}

HUNYUAN_FOLEY = {
    "hunyuanvideo_foley/__init__.py": "",
    "hunyuanvideo_foley/pictures.py": _PICTURES,
    "hunyuanvideo_foley/utils/__init__.py": "",
    "configs/hunyuanvideo-foley-xxl.yaml": "a: 1",
    "hunyuanvideo_foley/utils/model_utils.py": """
import torch
from pathlib import Path

def load_model(model_path, config_path, device, enable_offload=False, model_size=None):
    assert Path(model_path, "hunyuanvideo_foley.pth").is_file() and Path(config_path).is_file()
    assert device.type == "cuda" and model_size == "xxl"
    return {"device": device}, {"a": 1}

def denoise_process(visual_feats, text_feats, audio_len_in_s, model_dict, cfg, guidance_scale=4.5,
                    num_inference_steps=50, batch_size=1):
    loud = visual_feats.mean((1, 2, 3)).repeat_interleave(48000 // 25)
    sound = torch.randn(1, 2, len(loud)) * 1e-3 + loud
    return sound[..., : int(audio_len_in_s * 48000)], 48000
""",
    "hunyuanvideo_foley/utils/feature_utils.py": """
from hunyuanvideo_foley.pictures import pictures

def feature_process(video_path, prompt, model_dict, cfg, neg_prompt=None):
    assert neg_prompt is None
    seen = pictures(video_path, 25, 15)
    return seen, prompt, len(seen) / 25
""",
}

WOOSH = {
    "woosh/__init__.py": "",
    "woosh/components/__init__.py": "",
    "woosh/components/base.py": """
class LoadConfig:
    def __init__(self, path):
        self.path = path
""",
    "woosh/model/ldm.py": """
from pathlib import Path
import torch

class LatentDiffusionModel:
    def __init__(self, config):
        assert Path(config.path, "config.yaml").is_file()  # from the checkout, as its own configurations name files
        self.autoencoder = self
    def eval(self):
        return self
    def to(self, device):
        return self
    def get_cond(self, batch, no_dropout=True, device=None, no_cond=False):
        assert batch["audio"] is None and len(batch["description"]) == 1
        return batch
    def inverse(self, z):
        return z.mean(1, keepdim=True).repeat_interleave(480, -1)
""",
    "woosh/model/video_kontext.py": "from woosh.model.ldm import LatentDiffusionModel as VideoKontext",
    "woosh/model/flowmap_from_pretrained.py": """
from woosh.model.ldm import LatentDiffusionModel as FlowMapFromPretrained
""",
    "woosh/utils/video.py": """
class SynchformerProcessor:
    def __init__(self, frame_rate=24):
        assert frame_rate == 24
    def eval(self):
        return self
    def to(self, device):
        return self
    def __call__(self, images, fps):
        assert images.shape == (8 * 24, 224, 224, 3) and fps == 24
        return {"synch_out": images.float().mean((1, 2, 3))[None, :, None] / 255}
""",
    "woosh/utils/videoio.py": """
import av, torch

def extract_video_frames(input_path, start_time=0, end_time=None):
    frames, times = [], []
    with av.open(input_path) as movie:
        rate = movie.streams.video[0].average_rate
        for frame in movie.decode(video=0):
            if float(frame.time) > end_time:
                break
            frames.append(torch.from_numpy(frame.reformat(width=224, height=224, format="rgb24").to_ndarray()))
            times.append(float(frame.time))
    return torch.stack(frames), int(rate), torch.tensor(times, dtype=torch.float64)
""",
    "woosh/inference/flowmatching_sampler.py": """
import torch

def flowmatching_integrate(ldm, noise, cond, cond_neg=None, negative_text_only=True, cfg=4.5, device="cuda",
                           method="dopri5", rtol=1e-3, atol=1e-3, return_steps=False, **fm_kwargs):
    assert noise.shape == (1, 128, 801) and cond_neg is None and fm_kwargs == {"dtype": torch.float64}
    loud = torch.nn.functional.interpolate(cond["synch_out"].mT, 801)
    return noise * 1e-2 + loud
""",
    "woosh/inference/flowmap_sampler.py": """
def sample_euler(model, noise, cond, num_steps=4, renoise=0.0, cfg=4.0, t=None):
    assert noise.shape == (1, 128, 501) and renoise == [0, 0.5, 0.5, 0.3] and cfg == 4.5 and len(cond) == 2
    return noise
""",
}

WEIGHTS = {
    "mmaudio": ("weights/mmaudio_large_44k_v2.pth", "ext_weights/v1-44.pth", "ext_weights/synchformer_state_dict.pth"),
    "hunyuan-foley": tuple(
        f"pretrained_models/{name}.pth" for name in ("hunyuanvideo_foley", "vae_128d_48k", "synchformer_state_dict")
    ),
    "woosh": tuple(f"checkpoints/{name}/weights.safetensors" for name in ("Woosh-VFlow-8s", "Woosh-DFlow", "Woosh-AE")),
}
_CODE = {"mmaudio": MMAUDIO, "hunyuan-foley": HUNYUAN_FOLEY, "woosh": WOOSH}


def checkout_of(name: str, folder: Path) -> Path:
    """A model's checkout in ``folder``, its weights in it."""
    files = dict(_CODE[name])
    files |= {str(Path(path).with_name("config.yaml")): "a: 1" for path in WEIGHTS[name] if name == "woosh"}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for path in WEIGHTS[name]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weight": torch.zeros(1)}, folder / path)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("974010a" + "0" * 33)
    return folder


def own_python(folder: Path) -> Path:
    """The Python of an environment that has what ours has, and lies elsewhere."""
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "ours.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"
