"""The byte scan that decides whether a file is worth parsing: does it name a framework, or train?"""

from __future__ import annotations

import re

_MARKER = re.compile(
    rb"\b(?:(?:tf_)?keras|tensorflow|torch|pytorch_lightning|lightning|sklearn)"
    rb"|\btf\.\w|\.(?:fit|fit_transform|backward)\("
)


def has_marker(data: bytes) -> bool:
    """True when the raw bytes of a script or notebook name a framework that rnnlint knows, or train."""
    return _MARKER.search(data) is not None
