"""Runs the language server over standard input and output, or for one client over TCP."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress

from rnnlint.lsp.handlers import make_session


def serve_streams() -> bool:
    """Serve until the client says exit or goes away; whether it asked for the shutdown first.

    Whatever else would write to standard output goes to standard error: one stray character ends a session.
    """
    session = make_session()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(SystemExit):
        session.start_io(sys.stdin.buffer, out)
    return session.stopped_orderly


def serve_tcp(host: str, port: int) -> bool:
    """Serve one client that connects; as for streams.

    The end of the session reaches asyncio as an exception of a task, which it would log as a failure.
    """
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    session = make_session()
    with suppress(SystemExit):
        session.start_tcp(host, port)
    return session.stopped_orderly
