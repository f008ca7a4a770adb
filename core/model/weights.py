"""Weights: checkpoints read without running code, checked against the model, written atomically.

safetensors is the format; PyTorch files (.pt, .pth, .ckpt, .bin) are read with ``weights_only`` so that nothing in
them is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from talkies.core.errors import OutputError, WeightsError, in_one_line

Model = TypeVar("Model", bound=nn.Module)
State = dict[str, Tensor]
"""Tensors by name."""

TORCH_SUFFIXES = (".pt", ".pth", ".ckpt", ".bin")
_WRAPPERS = ("state_dict", "model")


def load_state(path: Path) -> State:
    """The tensors of a checkpoint, on the CPU, as they are stored. Raises WeightsError, one sentence."""
    return _load_torch(path) if path.suffix.lower() in TORCH_SUFFIXES else _load_safetensors(path)


def part_of(path: Path, part: str) -> State:
    """The tensors of one module of a weights file (``flow``, ``codec``, ...) in single precision, by their names in it.
    Raises WeightsError when it has none."""
    found = {
        name.removeprefix(f"{part}."): t.float() for name, t in load_state(path).items() if name.startswith(f"{part}.")
    }
    if not found:
        raise WeightsError(path, f"holds no {part}", "give weights that talkies train has packed")
    return found


def load_metadata(path: Path) -> dict[str, str]:
    """The notes in a safetensors file's header; none in other files. Raises WeightsError."""
    if path.suffix.lower() in TORCH_SUFFIXES:
        return {}
    _check_file(path)
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise _corrupt(path, error) from None


def fitted(build: Callable[[], Model], state: Mapping[str, Tensor], path: Path | str) -> Model:
    """The model that ``build`` makes, with ``state`` in it; ``path`` as below. Raises WeightsError.

    A configuration may claim any size, and only one that the tensors have is taken.
    """
    _check_shapes(outline(build, path).state_dict(), state, path)
    model = build()
    fit_state(model, state, path)
    return model


_FILLED = (torch.zeros, torch.ones, torch.full, torch.randn, torch.rand)


class _Unfilled(TorchFunctionMode):
    """Leaves out the first values, for which torch would load its compiler where there is no memory; what says that it
    is made where there is some gets its values."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        if func in _FILLED and given.get("device") is None:
            return torch.empty(_size(func, args, given), dtype=given.get("dtype"))
        if getattr(func, "__module__", "") == nn.init.__name__ or func is torch.Tensor.normal_:
            return given["tensor"] if "tensor" in given else args[0]
        return func(*args, **given)


def _size(func: Any, args: Sequence[Any], given: Mapping[str, Any]) -> tuple[int, ...]:
    """Of what one of ``_FILLED`` is asked for: ``zeros(2, 3)``, ``zeros((2, 3))``, ``full((2, 3), 1.0)``, ``size=``."""
    size = given["size"] if "size" in given else args[0] if func is torch.full else args
    return tuple(size if not size or isinstance(size[0], int) else size[0])


def outline(build: Callable[[], Model], path: Path | str) -> Model:
    """The model that ``build`` makes, without memory: names and shapes alone. Raises WeightsError."""
    try:
        with torch.device("meta"), _Unfilled():
            return build()
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:  # sizes that no tensor can have
        raise WeightsError(path, "claims sizes that no model has", "it belongs to another configuration") from error


def fit_state(model: nn.Module, state: Mapping[str, Tensor], path: Path | str) -> None:
    """Copies ``state`` into ``model``, in the model's precision, or raises WeightsError and copies nothing.

    ``path`` is only the subject of the sentence.
    """
    wanted = model.state_dict()
    _check_shapes(wanted, state, path)
    for name in wanted:
        if not torch.isfinite(state[name]).all():
            raise WeightsError(path, f"{name} holds numbers that are not finite", "get the file again")
    model.load_state_dict(dict(state))


def _check_shapes(wanted: Mapping[str, Tensor], state: Mapping[str, Tensor], path: Path | str) -> None:
    missing = [name for name in wanted if name not in state]
    if missing:
        raise WeightsError(path, f"lacks {_count(missing)}, {missing[0]} first", "it belongs to another model")
    unexpected = [name for name in state if name not in wanted]
    if unexpected:
        raise WeightsError(
            path, f"has {_count(unexpected)} too many, {unexpected[0]} first", "it belongs to another model"
        )
    for name, tensor in wanted.items():
        if state[name].shape != tensor.shape:
            raise WeightsError(
                path,
                f"{name} has shape {tuple(state[name].shape)} where the model has {tuple(tensor.shape)}",
                "it belongs to another configuration",
            )


def save_state(
    state: Mapping[str, Tensor],
    path: Path,
    *,
    dtype: torch.dtype = torch.bfloat16,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes a safetensors file, complete or not at all. Raises OutputError; what stood there before stays.

    Matrices and kernels are stored as ``dtype``; vectors (biases, norms, Fourier frequencies), which weigh
    nothing and matter more, in float32.
    """
    stored = {name: _stored(tensor, dtype) for name, tensor in state.items()}
    part = path.with_name(path.name + ".part")
    try:
        save_file(stored, part, metadata=dict(metadata or {}))
        part.replace(path)
    except (SafetensorError, OSError) as error:
        part.unlink(missing_ok=True)
        raise OutputError(path, f"the weights cannot be written ({error})") from None


def shipped_weights(name: str) -> Path:
    """Where a file of the package's own ``resources/weights`` lies. Raises WeightsError when it is not there."""
    path = Path(str(resources.files("talkies.resources") / "weights" / name))
    if not path.is_file():
        raise WeightsError(f"weights {name}", "are not part of this installation", "install talkies again")
    return path


def _stored(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    tensor = tensor.detach().cpu()
    if tensor.is_floating_point():
        tensor = tensor.to(dtype if tensor.ndim > 1 else torch.float32)
    return tensor.contiguous().clone()


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise WeightsError(path, "is not a file" if path.exists() else "does not exist")


def _load_safetensors(path: Path) -> State:
    _check_file(path)
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - safe_open is not a mapping
    except (SafetensorError, OSError) as error:
        raise _corrupt(path, error) from None


def _load_torch(path: Path) -> State:
    _check_file(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001 - damaged archives surface as nearly any exception of torch, zip or pickle
        raise _corrupt(path, error) from None
    for wrapper in _WRAPPERS:
        if isinstance(state, dict) and isinstance(state.get(wrapper), dict):
            state = state[wrapper]
    if not isinstance(state, dict) or not all(isinstance(tensor, Tensor) for tensor in state.values()):
        raise WeightsError(path, "holds something other than tensors by name")
    return dict(state)


def _corrupt(path: Path, error: Exception) -> WeightsError:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return WeightsError(path, f"is damaged or not a checkpoint ({in_one_line(reason)})", "get the file again")


def _count(names: list[str]) -> str:
    return "a tensor" if len(names) == 1 else f"{len(names)} tensors"
