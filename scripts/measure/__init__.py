"""Small measurements behind the plots of the rules' pages; `python -m scripts.measure` takes them anew."""
