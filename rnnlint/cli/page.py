"""Markdown as a terminal shows it, with headings, lists and coloured code."""

from __future__ import annotations

import shutil
from io import StringIO

WIDEST = 100


def rendered(markdown: str) -> str:
    """The text with the terminal's own colours, as wide as the terminal but no wider than is easy to read."""
    from rich.console import Console
    from rich.markdown import Markdown

    stream = StringIO()
    width = min(shutil.get_terminal_size().columns, WIDEST)
    console = Console(file=stream, force_terminal=True, color_system="standard", no_color=False, width=width)
    console.print(Markdown(markdown, code_theme="ansi_dark", hyperlinks=False))
    return stream.getvalue()
