"""A small program as a user writes it: once with three mistakes, and once without."""
