"""Who signs: made on first use for nobody else to read, replaced on demand, or of the house's own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signed import needs_c2pa

from talkies.core.credentials.authority import create, present_signer, signer, signer_file, trusted, use
from talkies.core.credentials.pem import Described, certificates_in, described
from talkies.core.errors import InputError, OutputError

pytestmark = needs_c2pa


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "credentials"))
    return tmp_path / "credentials"


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An authority and a signer, made by another program."""
    if subprocess.run(["openssl", "version"], capture_output=True).returncode:
        pytest.skip("openssl is not installed")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    usage = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n"
    usage += "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    (tmp_path / "signer.cnf").write_text(usage, encoding="ascii")
    openssl(tmp_path, "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=House/CN=CA")
    openssl(tmp_path, "req", *curve, "-keyout", "own.key", "-out", "own.csr", "-subj", "/O=The House/CN=Sound")
    signs = ("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "300")
    openssl(tmp_path, *signs, "-extfile", "signer.cnf", "-out", "own.pem")
    (tmp_path / "chain.pem").write_bytes((tmp_path / "own.pem").read_bytes() + (tmp_path / "ca.pem").read_bytes())
    return tmp_path


def test_the_first_use_makes_one_and_the_next_keeps_it() -> None:
    assert present_signer() is None
    first = signer()
    assert signer() == first
    own, authority = (described(each) for each in certificates_in(first.chain))
    assert own.name != authority.name
    assert first.authority in trusted()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_may_read_the_key(folder: Path) -> None:
    signer()
    assert signer_file().stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path for path in folder.rglob("*") if b"PRIVATE KEY" in (path.read_bytes() if path.is_file() else b"")] == [
        signer_file()
    ]


def test_of_several_processes_that_begin_at_once_one_makes_it() -> None:
    program = "from talkies.core.credentials.authority import signer; print(signer().chain)"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(4)]
    chains = {process.communicate(timeout=120)[0] for process in started}
    assert len(chains) == 1


def test_a_certificate_of_the_house_signs_and_is_trusted(house: Path) -> None:
    used = use(house / "chain.pem", house / "own.key")
    assert present_signer() == used
    assert described(certificates_in(used.chain)[0]).organization == "The House"


def test_what_was_signed_on_this_computer_stays_ours(house: Path) -> None:
    before = signer().authority
    use(house / "chain.pem", house / "own.key")
    assert before in trusted()


@pytest.mark.parametrize(
    ("chain", "key", "sentence"),
    [
        ("ca.pem", "ca.key", "cannot sign"),
        ("chain.pem", "ca.key", "do not belong together"),
        ("own.key", "own.key", "holds no certificate"),
        ("chain.pem", "own.pem", "its key cannot be read"),
        ("none.pem", "own.key", "cannot be read"),
    ],
)
def test_what_cannot_sign_is_refused_in_a_sentence(chain: str, key: str, sentence: str, house: Path) -> None:
    before = signer()
    with pytest.raises(InputError, match=sentence):
        use(house / chain, house / key)
    assert signer() == before


def test_a_file_that_is_damaged_is_no_signer() -> None:
    create()
    signer_file().write_text("nothing", encoding="ascii")
    with pytest.raises(InputError, match="is not what talkies signs with"):
        signer()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_key_that_others_can_read_signs_nothing() -> None:
    signer()
    signer_file().chmod(0o640)
    with pytest.raises(InputError, match="can be read by others, and nobody else may have a key; chmod 600 it, or"):
        present_signer()
    signer_file().chmod(0o600)
    assert present_signer() is not None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_no_key_is_written_to_a_disk_without_permissions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a memory card, where each file is everybody's."""
    opened = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, mode=0o777: opened(path, flags, 0o644))
    with pytest.raises(OutputError, match="name another folder in TALKIES_CREDENTIALS"):
        signer()
    monkeypatch.undo()
    assert [path.name for path in folder.iterdir()] == ["trusted"]


NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"


def test_what_is_no_certificate_is_passed_over_among_the_trusted_and_refused_where_it_is_named(
    folder: Path, tmp_path: Path
) -> None:
    first = signer()
    (folder / "trusted" / "broken.pem").write_text(NO_CERTIFICATE, encoding="ascii")
    assert trusted() == first.authority
    with pytest.raises(InputError, match="cannot be read"):
        trusted(folder / "trusted" / "broken.pem")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with names")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.pem"
    os.mkfifo(pipe)
    for ask in (lambda: trusted(pipe), lambda: use(pipe, pipe)):
        with pytest.raises(InputError, match="is a pipe or a device, not a PEM file"):
            ask()


def test_a_file_of_beginnings_holds_no_certificate() -> None:
    """Looking for an end from each of them would take the square of their number."""
    assert certificates_in("-----BEGIN CERTIFICATE-----\n" * 200_000) == []


def test_a_certificate_says_whether_it_is_valid_today() -> None:
    now = datetime.now(UTC)
    for days, is_valid in ((0, True), (-2, False), (2, False)):
        since = now + timedelta(days=days - 1)
        assert Described("House", "Sound", since, since + timedelta(days=2), "ab").is_valid == is_valid
