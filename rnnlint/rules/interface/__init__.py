"""RNN7xx: interfaces that change from one version of a framework to the next."""
