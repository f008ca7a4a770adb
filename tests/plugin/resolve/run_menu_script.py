"""Resolve's menu: ``run_menu_script.py SCRIPT KNOWN.otio DROP MIX`` runs a script as it does, a fake inside."""

from __future__ import annotations

import sys
from pathlib import Path

from fake_resolve import opened


def main() -> None:
    script, timeline, drop_frame, mix = sys.argv[1:]
    resolve = opened(Path(timeline), drop_frame == "drop")
    resolve.world.mix_to = Path(mix)
    code = compile(Path(script).read_text(encoding="utf-8"), script, "exec")
    exec(code, {"resolve": resolve, "__name__": "__main__"})


if __name__ == "__main__":
    main()
