"""What a process may do that runs code of a user: compute, and read the libraries. Everything else ends the probe."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

MEMORY = 4 << 30  # bytes of address space; TensorFlow alone takes 1.5 GB
PROCESSOR_TIME = 10  # seconds from here on
FILES = 256
FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "shutil.", "ftplib.", "urllib.", "http.", "smtplib.", "webbrowser.", "tempfile.", "pty.", "signal.pthread_kill",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
READABLE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/self/", "/sys/", "/dev/null", "/dev/urandom", "/etc/localtime")
OWN = Path(__file__).parents[2]
SOURCES = (".py", ".pyc", ".so")


class ForbiddenError(BaseException):
    """The code did what a network has no need of. No `except Exception` of the code can hide it."""


class Cage:
    """Limits and a hook that nothing can take off again; `broken` is the first thing that was tried against them."""

    def __init__(self, projects: tuple[str, ...]) -> None:
        self.broken = ""
        self._libraries = tuple({str(Path(path).resolve()) for path in (sys.prefix, sys.base_prefix, OWN, "/usr/lib")})
        self._projects = tuple(str(Path(path).resolve()) for path in projects)

    def close(self) -> None:
        """From here on the process can only compute and read the libraries and the project's modules."""
        for limit, value in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_CPU, int(time.process_time()) + PROCESSOR_TIME),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, FILES),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(limit)[1]
            least = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (least, least))
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            self._break(f"it called {event}")
        elif event == "open":
            self._opened(*arguments[:3])

    def _opened(self, path: object, mode: object, flags: object) -> None:
        if isinstance(path, int):
            return
        name = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes) else str(path)
        if isinstance(flags, int) and flags & WRITING and name != os.devnull:
            self._break(f"it opened {name} for writing")
        elif not self._may_read(name):
            self._break(f"it read {name}")

    def _may_read(self, name: str) -> bool:
        if name.startswith((*self._libraries, *READABLE)):
            return True
        return name.startswith(self._projects) and name.endswith(SOURCES) if self._projects else False

    def _break(self, what: str) -> None:
        self.broken = self.broken or what
        raise ForbiddenError(what)
