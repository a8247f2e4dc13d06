"""RNN5xx: optimisation."""
