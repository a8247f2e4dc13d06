"""From a finding's facts to the cheapest probe that settles it: one planner for each rule that numbers can settle."""

from rnnlint.confirm.plan import cell, data, loops, losses, optimisation, output, padding, refusal
from rnnlint.confirm.plan.base import PLANNERS, Planner, Unplanned, plan

__all__ = [
    "PLANNERS",
    "Planner",
    "Unplanned",
    "cell",
    "data",
    "loops",
    "losses",
    "optimisation",
    "output",
    "padding",
    "plan",
    "refusal",
]
