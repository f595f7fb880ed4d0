"""The programs of today's platform: strict about the target, and with the options of V2."""
