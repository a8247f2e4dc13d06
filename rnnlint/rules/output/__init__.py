"""RNN2xx: output, loss, metric."""
