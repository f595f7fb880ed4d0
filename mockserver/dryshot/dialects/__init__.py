"""How each of the services speaks: authentication, wording of errors, one handler per operation."""
