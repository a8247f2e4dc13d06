"""One module for each output format; `renderer` finds it by name."""
