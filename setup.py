"""The package list: every folder of these roots is a sub-package of ``talkies`` (see pyproject.toml for the rest).

``plugin/api`` alone is ``talkies`` itself: what ``import talkies`` imports.
"""

from setuptools import find_packages, setup

ROOTS = ("core", "ui", "plugin", "resources")


def packages() -> list[str]:
    folders = [name for root in ROOTS for name in (root, *(f"{root}.{sub}" for sub in find_packages(root)))]
    return ["talkies", *(f"talkies.{name}" for name in folders if name != "plugin.api")]


setup(packages=packages())
