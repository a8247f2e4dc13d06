"""The rules: one file each, in a folder per hundred of codes; `registry` finds them."""
