"""Probes for the rules of optimisation."""
