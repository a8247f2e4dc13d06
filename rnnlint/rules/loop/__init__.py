"""RNN6xx: the training loop."""
