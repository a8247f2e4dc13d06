"""RNN3xx: sequences of variable length."""
