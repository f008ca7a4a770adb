"""talkies train: training and fine-tuning, from one configuration file."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "config",
        metavar="CONFIG",
        type=Path,
        help="a TOML file like resources/training/mini.toml; docs/training.md explains it",
    )


def run(options: argparse.Namespace) -> int:
    from talkies.core.training.command import train

    train(options.config)
    return 0
