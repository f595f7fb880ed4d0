"""Recordings: what was asked and answered, kept without secrets, and played again."""
