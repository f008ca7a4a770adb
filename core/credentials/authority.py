"""Who signs: a certificate of this computer, made when it is first needed, or one of the house's own.

    FOLDER/signer.pem       its algorithm, its key, its certificate and their chain; for nobody else to read (0600)
    FOLDER/trusted/*.pem    the certificates of authorities whose signatures are ours, today's and earlier ones

FOLDER is ``credentials`` in the user's data folder, or where the environment variable TALKIES_CREDENTIALS says. One
file holds all that signs, so that whoever reads it meanwhile has the old signer or the new one.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from talkies.core.credentials.pem import Signer, certificates_in, described, given, made_here
from talkies.core.credentials.settings import library
from talkies.core.errors import InputError, OutputError
from talkies.core.files.atomic import write_atomically
from talkies.core.files.regular import read_regular

VARIABLE = "TALKIES_CREDENTIALS"
_LARGEST_BYTES = 1 << 18
_ALGORITHM = re.compile(r"^algorithm: (\w+)$", re.MULTILINE)
_KEY = re.compile(r"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\n?", re.DOTALL)


def credentials_folder() -> Path:
    """Where keys and certificates are, whether it exists or not."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("talkies", appauthor=False) / "credentials"


def signer_file() -> Path:
    return credentials_folder() / "signer.pem"


def present_signer() -> Signer | None:
    """Who signs; None where nobody does yet. Raises InputError for a file that cannot be read as one."""
    path = signer_file()
    if not os.path.lexists(path):
        return None
    text = _text(path)
    if _is_shared(path.stat().st_mode):
        raise InputError(path, "can be read by others, and nobody else may have a key", f"chmod 600 it, or {_CURE}")
    algorithm, key, chain = _ALGORITHM.search(text), _KEY.search(text), certificates_in(text)
    if algorithm is None or key is None or not chain:
        raise InputError(path, "is not what talkies signs with", _CURE)
    return Signer(algorithm[1], key[0], "".join(chain))


_CURE = "'talkies credentials create' makes a new one"


def signer() -> Signer:
    """Who signs, made now where there is nobody: of several processes that make one at once, one wins. Raises
    MissingExtraError, InputError, OutputError."""
    library()
    found = present_signer()
    if found is not None:
        return found
    _keep(made_here(""), replacing=False)
    kept = present_signer()
    assert kept is not None
    return kept


def create(name: str = "") -> Signer:
    """A new signer of this computer in place of the present one; what that has signed stays ours. ``name``: of the
    house, as others read it. Raises as :func:`signer`."""
    library()
    made = made_here(name)
    _keep(made, replacing=True)
    return made


def use(chain: Path, key: Path) -> Signer:
    """A certificate of the house's own from now on: ``chain``, the signer's first, and its ``key``, both PEM; they are
    copied. Raises InputError for what cannot sign, and as :func:`signer`."""
    library()
    house = given(_text(chain), _text(key), str(chain))
    _try(house, chain)
    _keep(house, replacing=True)
    return house


def _try(signer: Signer, chain: Path) -> None:
    """Signs nothing in particular, for what C2PA makes of a certificate is known only then. Raises InputError."""
    from talkies.core.credentials.embedding import trial

    if problem := trial(signer):
        cure = "give a certificate under an authority, for signing (emailProtection or C2PA's own use), with its chain"
        raise InputError(chain, f"cannot sign ({problem})", cure)


def trusted(more: Path | None = None) -> str:
    """The certificates of the authorities whose signatures are ours, and those in the file ``more``, PEM. Raises
    InputError for a file without any."""
    found = set[str]()
    with suppress(OSError):
        for path in sorted((credentials_folder() / "trusted").glob("*.pem"))[:_MOST_TRUSTED]:
            with suppress(InputError):
                found.update(_certificates(path))
    if more is not None:
        named = _certificates(more)
        if not named:
            raise InputError(more, "holds no certificate", "name a PEM file of an authority that you trust")
        found.update(named)
    return "".join(sorted(found))


_MOST_TRUSTED = 1000


def _keep(signer: Signer, *, replacing: bool) -> None:
    """The authority is trusted before anything is signed under it. Raises OutputError."""
    path, certificate = signer_file(), signer.authority.encode()
    part = path.with_name(f".{path.name}-{secrets.token_hex(8)}.part")
    try:
        (path.parent / "trusted").mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        write_atomically(path.parent / "trusted" / f"{hashlib.sha256(certificate).hexdigest()[:24]}.pem", certificate)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                _refuse_shared_disk(path, os.fstat(handle).st_mode)
                file.write(f"algorithm: {signer.algorithm}\n{signer.key}{signer.chain}")
                file.flush()
                os.fsync(file.fileno())
            if replacing:
                part.replace(path)
            else:
                _put_first(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or type(error).__name__})"
        raise OutputError(path, problem, f"name another folder in {VARIABLE}") from error


def _put_first(part: Path, path: Path) -> None:
    """Whoever was there before stays."""
    try:
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:  # a disk without links
        if not path.exists():
            part.replace(path)


def _refuse_shared_disk(path: Path, mode: int) -> None:
    """Before the key is in it. Raises OutputError."""
    if _is_shared(mode):
        problem = "lies on a disk where everybody reads everything, and nobody else may have a key"
        raise OutputError(path, problem, f"name another folder in {VARIABLE}")


def _is_shared(mode: int) -> bool:
    """Whether others may read or change a file; Windows says nothing of that here."""
    return os.name != "nt" and bool(mode & 0o077)


def _certificates(path: Path) -> list[str]:
    """Those of a file. Raises InputError, also for one that cannot be read as a certificate."""
    found = certificates_in(_text(path))
    for each in found:
        described(each)
    return found


def _text(path: Path) -> str:
    """Raises InputError."""
    data = read_regular(path, _LARGEST_BYTES, InputError, "PEM file")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(path, "is not a PEM file", "give certificates and keys as PEM") from error
