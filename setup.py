"""The package list: every folder of these roots is a sub-package of ``talkies`` (see pyproject.toml for the rest)."""

from setuptools import find_packages, setup

ROOTS = ("core", "ui", "plugin", "resources")


def packages() -> list[str]:
    return [f"talkies.{name}" for root in ROOTS for name in (root, *(f"{root}.{sub}" for sub in find_packages(root)))]


setup(packages=packages())
