"""Programs that run in the user's own Python, each for one model in its makers' checkout; docs/engines.md has them.

Nothing here but this page is imported by talkies, nothing here imports anything of talkies, and all of it runs on
Python 3.9 and newer: environments of models are older than ours.
"""

from __future__ import annotations

from pathlib import Path

MODELS = ("mmaudio", "hunyuan-foley", "woosh")
"""By the names that they are added with; a module each, ``-`` written ``_``."""
START = Path(__file__).with_name("start.py")
"""The script: ``PYTHON start.py MODEL CHECKOUT [--model NAME] [--weights FOLDER]``."""
