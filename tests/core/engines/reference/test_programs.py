"""Extractors are programs: tiny real ones, run as the user's are."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
import torch

from talkies.core.engines.guests.confine import confinement
from talkies.core.engines.reference.programs import Program, read_programs
from talkies.core.errors import EngineError, WeightsError

MOST = 1000
START = "import sys, numpy as np; movie, out = sys.argv[1:3];"


def run(folder: Path, code: str, limit_s: float = 60, most: int = MOST) -> torch.Tensor:
    """What a program makes of a movie of 5 bytes."""
    movie, own = folder / "picture.mp4", folder / "own"
    movie.write_bytes(b"movie")
    own.mkdir()
    return Program("sync", (sys.executable, "-c", code, "{movie}", "{out}"), limit_s).run(movie, own, most)


def test_numpys_files_are_read_also_with_its_ending(tmp_path: Path) -> None:
    code = START + "np.save(out, np.full((3, 2), len(open(movie).read()), np.float32))"
    assert torch.equal(run(tmp_path, code), torch.full((3, 2), 5.0))


def test_safetensors_are_read(tmp_path: Path) -> None:
    code = START + "from safetensors.numpy import save_file; save_file({'sync_24fps': np.ones((2, 2))}, out)"
    assert torch.equal(run(tmp_path, code), torch.ones(2, 2, dtype=torch.float64))


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("pass", r"wrote no \{out\}; it must write sync_24fps there"),
        ("sys.exit('no such model')", r"ended with code 1 \(no such model\)"),
        ("open(out, 'wb').write(b'what is this')", "wrote no tensor that can be read"),
        ("open(out, 'wb').write(b'')", "wrote no tensor that can be read"),
        ("np.save(out, np.array([{}]), allow_pickle=True)", "wrote no tensor that can be read"),
        ("np.save(out, np.zeros(10 ** 6))", r"wrote 8\.0 MB, more than sync_24fps can have"),
        ("import os; os.symlink(movie, out)", r"wrote no \{out\}"),
        (
            "from safetensors.numpy import save_file; save_file({'lips': np.ones(2)}, out)",
            "wrote no tensor sync_24fps; its file has lips",
        ),
        (
            "import io; file = io.BytesIO(); np.save(file, np.zeros(1));"
            "open(out, 'wb').write(file.getvalue().replace(b'(1,)', b'(99999999999,)'))",
            "wrote no tensor that can be read",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence(tmp_path: Path, code: str, sentence: str) -> None:
    with pytest.raises(EngineError, match=f"^extractors.json: sync_24fps: {sentence}"):
        run(tmp_path, START + code)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1" + "0" * 30 + ",)}",
        "{'descr': ('a',), 'fortran_order': False, 'shape': (1,)}",
        "-" * 9000 + "1",
    ],
)
def test_a_hostile_header_of_numpys_is_one_sentence(tmp_path: Path, header: str) -> None:
    write = "import struct; header = b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(text)) + text.encode();"
    code = f"text = {header!r}; {write} open(out, 'wb').write(header)"
    with pytest.raises(EngineError, match=r"^extractors.json: sync_24fps: wrote no tensor that can be read"):
        run(tmp_path, START + code)


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    code = START + "import time; print('x' * 10 ** 6, flush=True); time.sleep(600)"
    begun = time.monotonic()
    with pytest.raises(EngineError, match=r"was not done after 1 s and was ended; raise limit_s in extractors.json"):
        run(tmp_path, code, limit_s=1)
    assert time.monotonic() - begun < 30


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    program = Program("sync", ("/no/such/program", "{movie}", "{out}"), 60)
    with pytest.raises(EngineError, match=r"^extractors.json: sync_24fps: .*No such file"):
        program.run(tmp_path / "picture.mp4", tmp_path, MOST)


@pytest.mark.skipif(not confinement(), reason="this system has no Landlock")
def test_a_program_writes_in_its_own_folder_only(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="PermissionError"):
        run(tmp_path, START + "open(movie + '.else', 'w')")


def test_arguments_reach_the_program_as_they_are(tmp_path: Path) -> None:
    """No shell reads them."""
    code = "import sys, numpy as np; np.save(sys.argv[2], np.array([float(sys.argv[3] == '$HOME; {x} `ls`')]))"
    (tmp_path / "own").mkdir()
    program = Program("sync", (sys.executable, "-c", code, "{movie}", "{out}", "$HOME; {x} `ls`"), 60)
    assert program.run(tmp_path / "picture.mp4", tmp_path / "own", MOST).tolist() == [1.0]


def test_files_beside_the_checkpoint_have_their_whole_names(tmp_path: Path) -> None:
    (tmp_path / "extract.py").write_text("")
    (tmp_path / "extractors.json").write_text(
        json.dumps({"lips_25fps": ["python3", "extract.py", "--in={movie}", "{out}"], "limit_s": 5})
    )
    found = read_programs(tmp_path / "extractors.json")
    wanted = ("python3", str(tmp_path / "extract.py"), "--in={movie}", "{out}")
    assert found == {"lips": Program("lips", wanted, 5)}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[", "is not JSON"),
        ("[]", "is not a JSON object of programs"),
        ('{"clips": ["a", "{movie}", "{out}"]}', "names 'clips'; use clip_10fps, sync_24fps"),
        ('{"sync_24fps": "run {movie} {out}"}', "sync_24fps is no list of a program and its arguments"),
        ('{"sync_24fps": ["run", "{out}"]}', r"sync_24fps has no \{movie\} among its arguments"),
        ('{"voice_embedding": ["run", "{movie}", "{out}"]}', r"voice_embedding has no \{sound\}"),
        ('{"limit_s": 0}', "limit_s is 0, not seconds up to 86400"),
        ('{"limit_s": NaN}', "limit_s is nan"),
    ],
)
def test_a_list_that_is_none_is_one_sentence(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "extractors.json").write_text(content)
    with pytest.raises(WeightsError, match=problem):
        read_programs(tmp_path / "extractors.json")
