"""From paths to documents: discovery, decoding, notebooks, markers and suppression comments."""
