"""numpy: generators, conversions, shapes, statistics, elementwise functions."""

from rnnlint.frontend.dialects.numpy import conversion, functions, generators, shapes, statistics

__all__ = ["conversion", "functions", "generators", "shapes", "statistics"]
