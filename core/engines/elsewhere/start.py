"""Starts one of the programs beside this script: ``PYTHON start.py MODEL CHECKOUT ...``.

The checkout takes the script's own place on the path, so that ``import mmaudio`` means the model and not what lies
here.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


def main() -> None:
    name, checkout = sys.argv[1:3]
    ours = ModuleType("talkies_elsewhere")
    ours.__path__ = [str(Path(__file__).resolve().parent)]
    sys.modules[ours.__name__] = ours
    sys.path[0] = checkout
    model = import_module(f"{ours.__name__}.{name.replace('-', '_')}").model(Path(checkout), sys.argv[3:])
    import_module(f"{ours.__name__}.speaking").serve(model)


if __name__ == "__main__":
    main()
