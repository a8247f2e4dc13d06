"""The command line: arguments, commands and exit codes."""
