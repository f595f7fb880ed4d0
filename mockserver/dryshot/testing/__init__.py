"""What the pytest plugin needs when a test asks for it: targets, their budget, and their tapes."""
