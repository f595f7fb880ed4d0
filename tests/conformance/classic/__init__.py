"""The official clients of 2023 and 2024, unmodified, each in a virtual environment of its own."""
