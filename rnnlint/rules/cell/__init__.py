"""RNN1xx: the recurrent cell, and the stack of layers."""
