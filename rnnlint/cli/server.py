"""`rnnlint server`: the language server that editors start."""

from __future__ import annotations

from rnnlint.cli.arguments import server_parser
from rnnlint.cli.codes import NOTHING_FAILS
from rnnlint.config.select import ConfigurationError

ENDED_WITHOUT_SHUTDOWN = 1  # as the protocol wants it


def server(arguments: list[str]) -> int:
    """Run the command until the editor ends it; the exit code."""
    options = server_parser().parse_args(arguments)
    try:
        from rnnlint.lsp.server import serve_streams, serve_tcp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise ConfigurationError("the language server needs the extra lsp: pip install 'rnnlint[lsp]'") from error
    try:
        orderly = serve_tcp(*options.tcp) if options.tcp else serve_streams()
    except OSError as error:
        raise ConfigurationError(f"cannot serve: {error.strerror or error}") from error
    return NOTHING_FAILS if orderly else ENDED_WITHOUT_SHUTDOWN
