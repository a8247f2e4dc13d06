"""Operations that carry values of later rows back to earlier ones, and those that leave only the first rows empty."""

from __future__ import annotations

from rnnlint.frontend.dispatch import Call
from rnnlint.frontend.values import settled
from rnnlint.program.value import Known, Setting

BACKWARD = frozenset({"bfill", "backfill"})
FORWARD = frozenset({"ffill", "pad"})
MOVING = frozenset({"rolling", "ewm", "resample", "groupby"})
Settings = dict[str, Setting]


def leading() -> Settings:
    """Of what it computes only the first rows are empty."""
    return {"leading": Known(True)}


def filling(call: Call) -> Settings:
    """Gaps that are filled with the value before or after them, or with one between the two."""
    name = call.path.rsplit(".", 1)[-1]
    how = settled(call.get(1 if name in {"fillna", "asfreq"} else 0, "method")) if name not in BACKWARD else name
    if name in FORWARD or how in FORWARD:
        return leading()
    if how in BACKWARD and name in {*BACKWARD, "fillna", "asfreq", "reindex"}:
        return {"ahead": Known("fill")}
    if name != "interpolate" or settled(call.get(None, "limit_area")) == "outside":
        return {}
    return {"ahead": Known("interpolate"), **leading()} if how is None or isinstance(how, str) else {}


def moving(call: Call) -> Settings:
    """Windows that move along the rows; a centred one reaches ahead."""
    name = call.path.rsplit(".", 1)[-1]
    if name not in MOVING:
        return {}
    if name != "rolling":
        return {"moving": Known(True)}
    centred: Settings = {"ahead": Known("centred")} if settled(call.get(None, "center")) is True else {}
    return {"moving": Known(True), **leading(), **centred}


def shifting(call: Call) -> Settings:
    """Rows that are moved up reach ahead; moved down they leave the first ones empty."""
    periods = settled(call.get(0, "periods"), 1)
    if call.path != "shift" or not isinstance(periods, int):
        return {}
    return {"ahead": Known("shift"), "periods": Known(periods)} if periods < 0 else leading()
