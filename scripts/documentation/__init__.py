"""The parts of the documentation site that are made: from the code, from measurements, from files of the repository."""
