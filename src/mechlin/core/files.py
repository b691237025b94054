"""Files that appear whole or not at all, and the folder they go to, looked at before the work begins."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mechlin.core.errors import Problem, UsageError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file beside ``path`` to write to; it takes the name of ``path`` once all is written.

    When anything fails nothing is left behind, and an OSError names ``path``: a full disk does not by itself.
    """
    half = path.with_name(f".{path.stem}.{os.getpid()}.writing{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield half
        half.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        half.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` to ``path``, whole or not at all, and return it."""
    with whole(path) as half:
        half.write_text(text, encoding="utf-8")
    return path


def check_place(folder: Path, *files: str) -> None:
    """Raise UsageError, with all problems, unless ``files`` can be written into ``folder``, which may not be there yet."""
    standing = next((p for p in (folder, *folder.absolute().parents) if p.exists()), folder)
    problems = []
    if not standing.is_dir():
        problems.append(Problem(f"{standing} is a file, not a folder", repair="name another folder with --out"))
    elif not os.access(standing, os.W_OK | os.X_OK):
        problems.append(Problem(f"nothing may be written into {standing}", repair="name another folder with --out"))
    problems += [
        Problem(f"{folder / name} is a folder, and a file of that name is to be written", repair="move or rename it")
        for name in files
        if (folder / name).is_dir()
    ]
    if problems:
        raise UsageError("\n".join(map(str, problems)))
