"""The editor's texts, kept in step line by line as Python and the protocol count lines."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pygls.protocol import LanguageServerProtocol
from pygls.workspace import TextDocument, Workspace


def split_lines(text: str) -> tuple[str, ...]:
    """The lines with their ends, which are `\\n`, `\\r\\n` and `\\r`; a form feed ends none."""
    return tuple(io.StringIO(text, newline=""))


class _Text(TextDocument):
    """A text whose edits are applied to these lines; pygls also splits at form feeds and the like."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their ends."""
        return split_lines(self.source)


class _Texts(Workspace):
    """A workspace of such texts."""

    def _create_text_document(self, doc_uri: str, *arguments: Any, **keywords: Any) -> TextDocument:
        made = super()._create_text_document(doc_uri, *arguments, **keywords)
        return _Text(
            made.uri, made._source, made.version, made.language_id, True, self._sync_kind, self._position_codec
        )


class Protocol(LanguageServerProtocol):
    """The protocol over such a workspace."""

    @property
    def workspace(self) -> Workspace:
        """The workspace, once the client has said hello."""
        given = super().workspace
        if not isinstance(given, _Texts):
            given = _Texts(
                given.root_uri,
                given._sync_kind,
                list(given.folders.values()),
                position_encoding=given.position_encoding,
            )
            self._workspace = given
        return given
