"""The folder that holds the cache: made, told from other people's folders, swept and removed."""

from __future__ import annotations

import os
import time

NAME = ".rnnlint_cache"
SUFFIX = ".msgpack"
UNUSED_DAYS = 30
_DAY = 24 * 60 * 60
_TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
_TAG_TEXT = f"{_SIGNATURE}\n# This folder is a cache of rnnlint; `rnnlint clean` removes it.\n# See https://bford.info/cachedir/\n"


class NotOursError(Exception):
    """The folder is in use for something else; the argument is the message for the reader."""


def is_ours(folder: str) -> bool:
    """Whether rnnlint made this folder."""
    try:
        with open(os.path.join(folder, _TAG), encoding="utf-8") as stream:
            return stream.read(len(_TAG_TEXT) + 1) == _TAG_TEXT
    except (OSError, UnicodeError):
        return False


def refuse_foreign(folder: str) -> None:
    """Raise NotOursError when the folder holds something and rnnlint did not make it."""
    try:
        foreign = bool(os.listdir(folder)) and not is_ours(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise NotOursError(f"{folder}: {(error.strerror or str(error)).lower()}") from error
    if foreign:
        raise NotOursError(f"{folder} holds something else than a cache of rnnlint")


def make(folder: str, version: str) -> str:
    """The folder of this version's entries, made when it is missing and swept once a day.

    Raises:
        NotOursError: the folder is in use for something else.
        OSError: it cannot be made.
    """
    refuse_foreign(folder)
    entries = os.path.join(folder, version)
    os.makedirs(entries, exist_ok=True)
    tag = os.path.join(folder, _TAG)
    if not is_ours(folder):
        _write(os.path.join(folder, ".gitignore"), "*\n")
        _write(tag, _TAG_TEXT)
    elif time.time() - os.stat(tag).st_mtime > _DAY:
        os.utime(tag)
        _sweep(folder)
    return entries


def touch(entry: str) -> None:
    """Note, once a day, that an entry is in use."""
    try:
        if time.time() - os.stat(entry).st_mtime > _DAY:
            os.utime(entry)
    except OSError:
        pass


def remove(folder: str) -> bool:
    """Remove the cache; False when there is none.

    Raises:
        NotOursError: the folder is in use for something else.
        OSError: it cannot be removed.
    """
    if not os.path.lexists(folder):
        return False
    if os.path.islink(folder):
        raise NotOursError(f"{folder} is a link")
    refuse_foreign(folder)
    from shutil import rmtree

    rmtree(folder)
    return True


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)


def _sweep(folder: str) -> None:
    """Remove what was not used for long, entries of other versions too."""
    oldest = time.time() - UNUSED_DAYS * _DAY
    for version in _folders_in(folder):
        for name in os.listdir(version):
            path = os.path.join(version, name)
            if os.lstat(path).st_mtime < oldest:
                os.unlink(path)
        if not os.listdir(version):
            os.rmdir(version)


def _folders_in(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
