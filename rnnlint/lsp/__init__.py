"""The language server: findings, fixes and the rules' pages in editors, while a program is being written."""
