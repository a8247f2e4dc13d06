"""Results of earlier runs, kept in a folder and used again while everything they rest on is as it was."""
