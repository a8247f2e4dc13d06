"""From configuration files and command-line options to the settings that hold for a file."""
