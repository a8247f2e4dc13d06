"""A JSON object on a line of its own for each finding, with the keys of the format `json`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rnnlint.report.base import Report
from rnnlint.report.json import as_object


def render(report: Report) -> Iterator[str]:
    """The lines. Only ASCII characters, so that every terminal and pipe can carry them."""
    for finding in report.findings:
        yield json.dumps(as_object(finding), sort_keys=True) + "\n"
