"""A fresh server process, with a client, for each test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest_lsp
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.lsp.support import COMMAND, ROOT


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]  # it has no types
    config=ClientServerConfig(server_command=COMMAND, server_env={**os.environ, "PYTHONPATH": str(ROOT)})
)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """The client, before it has said hello."""
    yield
    await lsp_client.shutdown_session()
