"""The byte scan that decides whether a file is worth parsing: it names a framework and does what a rule can judge."""

from __future__ import annotations

import re
from pathlib import Path

from rnnlint.source.memory import remembered

_FRAMEWORK = re.compile(
    rb"\b(?:(?:tf_)?keras|tensorflow|torch|pytorch_lightning|lightning|sklearn)|\btf\.\w|\.(?:fit|fit_transform|backward)\("
)
# A layer, a fit, a training step, scaling, padding, a loss, a random split: no rule says anything without one.
_DEED = re.compile(
    rb"LSTM|GRU|RNN|\bfit\b|\bfit_|fit_transform|backward\(|Scaler|\bscale\(|normalize\(|\bstd\b|pad_sequence|padded_batch"
    rb"|apply_gradients|minimize\(|MSELoss|mse_loss|L1Loss|l1_loss|Huber|Smooth|train_test_split|random_split|Fold\("
)
_IMPORT = re.compile(rb"^[ \t]*\"?(?:from[ \t]+\.*([A-Za-z_]\w*)|import[ \t]+([A-Za-z_]\w*))", re.MULTILINE)
_LARGEST = 1_000_000


def has_marker(data: bytes) -> bool:
    """True when the raw bytes of a script or notebook name a framework and hold something that a rule can judge."""
    return _FRAMEWORK.search(data) is not None and _DEED.search(data) is not None


def reaches_marker(data: bytes, folder: Path) -> bool:
    """True when the file imports a module beside it that has a marker: a script may call what others define."""
    names = {name for match in _IMPORT.finditer(data) for name in match.groups() if name}
    return any(_neighbour_has_marker(folder / f"{name.decode()}.py") for name in sorted(names))


@remembered
def _neighbour_has_marker(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size < _LARGEST and has_marker(path.read_bytes())
    except OSError:
        return False
