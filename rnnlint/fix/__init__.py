"""Repairs to edits of text, and edits to patched files."""
