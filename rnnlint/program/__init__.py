"""What a script builds and which data reaches it, framework-neutral: the only thing that rules read."""
