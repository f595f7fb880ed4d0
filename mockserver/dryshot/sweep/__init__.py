"""The fault sweep: a test is run again and again, each time with one thing going wrong.

The first run, in which all goes well, tells which calls the code under test makes. Then there is a
run for each call, each kind of fault and each moment of it, before the service has done what it is
asked or after, with a new mock. What is told are the points at which the code crashed, hung, lost
a job or submitted twice.

It is imported by every pytest, so it imports nothing: ``sweeping`` is the sweep, ``findings`` what
it finds, ``kinds`` what can go wrong.
"""
