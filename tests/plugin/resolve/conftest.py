"""The fakes here are also run by a script of their own, so they are modules of this folder."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
