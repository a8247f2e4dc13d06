"""RNN4xx: preparation of data."""
