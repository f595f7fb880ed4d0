"""Run a script with the mock in the place of IBM's services: ``python offline.py SCRIPT``."""

import runpy
import sys

import dryshot

with dryshot.Mock().activate():
    runpy.run_path(sys.argv[1], run_name="__main__")
