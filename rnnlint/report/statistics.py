"""How often each rule was found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from rnnlint.report.base import Report, fixable_mark, summary


def render(report: Report, *, as_json: bool) -> Iterator[str]:
    """A line or object for each rule, the commonest first."""
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    fixable = {finding.code for finding in report.findings if fixable_mark(finding, report)}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if as_json:
        rows = [
            {"code": code, "name": name, "count": count, "fixable": code in fixable} for (code, name), count in ordered
        ]
        yield json.dumps(rows, indent=2) + "\n"
        return
    width = max((len(str(count)) for count in counts.values()), default=0)
    for (code, name), count in ordered:
        yield f"{count:>{width}}\t{code}\t{'[*]' if code in fixable else '[ ]'} {name}\n"
    if report.summary:
        yield f"{summary(report.findings)}\n"
