"""Settles findings by numbers: a planned probe, a worker that runs it, a verdict that says what was measured."""
