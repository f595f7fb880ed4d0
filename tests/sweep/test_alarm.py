from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from dryshot.sweep.alarm import Alarm, Hung


def spin(seconds: float, late: Callable[[], object]) -> None:
    """Come to no end, whatever is raised that is an ``Exception``."""
    with Alarm(seconds, late):
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001, S112 - code does such things
                continue


def test_code_that_does_not_end_is_broken_off_in_the_main_thread() -> None:
    told = threading.Event()
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(Hung):
        spin(0.05, told.set)
    assert told.is_set()
    assert signal.getsignal(signal.SIGALRM) == before


def test_a_wait_for_nothing_is_broken_off_in_the_main_thread() -> None:
    with Alarm(0.05, lambda: None), pytest.raises(Hung):
        threading.Event().wait()


def test_code_that_does_not_end_is_broken_off_in_another_thread() -> None:
    raised: list[BaseException] = []

    def work() -> None:
        try:
            spin(0.05, lambda: None)
        except BaseException as error:  # noqa: BLE001 - it is looked at
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [type(error) for error in raised] == [Hung]


def test_somebody_elses_signal_is_left_to_him() -> None:
    def theirs(*_: object) -> None:
        """Nothing."""

    before = signal.signal(signal.SIGALRM, theirs)
    try:
        with pytest.raises(Hung):
            spin(0.05, lambda: None)
        assert signal.getsignal(signal.SIGALRM) is theirs
    finally:
        signal.signal(signal.SIGALRM, before)


def test_an_alarm_that_is_over_does_not_ring() -> None:
    with Alarm(60, lambda: None) as alarm:
        assert alarm.here
    alarm.ring()


def test_what_is_traced_goes_on_after_an_alarm_that_was_broken_off() -> None:
    """In a process of its own: an interpreter that hangs here cannot be interrupted."""
    program = """
import sys, threading
from dryshot.sweep.alarm import Alarm, Hung

def broken_off():
    try:
        with Alarm(0.02, lambda: None):
            while True:
                pass
    except Hung:
        pass

def rung():
    try:
        with Alarm(60, lambda: None) as alarm:
            alarm.ring()
    except Hung:
        pass

def quiet():
    with Alarm(60, lambda: None):
        pass

for target in (broken_off, rung, quiet):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
sys.settrace(lambda *_: None)
print((lambda: "went on")())
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.stdout, run.stderr) == ("went on\n", "")
