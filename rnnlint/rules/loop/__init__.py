"""RNN6xx: state and training loop."""
