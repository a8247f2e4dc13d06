"""`python -m scripts.measure [RNN101 ...]`: take the measurements of all or of the named rules."""

from __future__ import annotations

import sys
import time
from importlib import import_module

MODULES = ("cell", "output", "padding", "keras_masks", "data", "optimisation", "loop")


def main(wanted: list[str]) -> None:
    """Run each function `rnn...` of the modules; keras_masks needs TensorFlow, all others PyTorch."""
    for name in MODULES:
        module = import_module(f"scripts.measure.{name}")
        for function in [key for key in vars(module) if key.startswith("rnn")]:
            if wanted and function[:6].upper() not in wanted:
                continue
            started = time.perf_counter()
            getattr(module, function)()
            print(f"{function}: {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
