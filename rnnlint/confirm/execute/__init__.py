"""Runs the user's own network class, cut out of its program, in a process that can do nothing else."""
