from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from dryshot.http import Request, Response
from dryshot.journal import Exchange, Journal

AT = datetime(2023, 9, 11, tzinfo=UTC)


def exchange(body: bytes = b"", answer: bytes = b"", operation: str | None = "op") -> Exchange:
    return Exchange(Request("POST", "h", "/p", body=body), Response(200, {}, answer), operation, AT)


def test_numbers_go_on_when_the_oldest_give_way_and_when_all_is_forgotten() -> None:
    journal = Journal(3)
    for _ in range(5):
        journal.add(exchange())
    assert [entry.sequence for entry in journal.since()] == [3, 4, 5]
    assert [entry.sequence for entry in journal.since(3)] == [4, 5]
    assert [entry.sequence for entry in journal.since(0, limit=1)] == [3]
    assert journal.since(5) == []
    journal.clear()
    assert (len(journal), journal.last) == (0, 5)
    journal.add(exchange())
    assert [entry.sequence for entry in journal.since(2)] == [6]


def test_it_is_bounded_in_bytes() -> None:
    journal = Journal(max_bytes=100_000, max_body_bytes=50_000)
    for _ in range(20):
        journal.add(exchange(b"x" * 10_000))
    assert 5 <= len(journal) <= 10
    assert journal.last == 20


def test_a_large_body_is_kept_up_to_a_limit_and_says_so() -> None:
    journal = Journal(max_body_bytes=10)
    journal.add(exchange(b"0123456789", b"0123456789ab"))
    (kept,) = journal
    assert (kept.request.body, kept.request_size) == (b"0123456789", None)
    assert (kept.response.body, kept.response_size) == (b"0123456789", 12)
    journal.add(exchange(b"x" * 11))
    assert list(journal)[-1].request_size == 11


def test_what_alone_is_too_large_is_not_kept_and_harms_nothing() -> None:
    journal = Journal(max_bytes=2000)
    journal.add(exchange(b"x" * 5000))
    assert len(journal) == 0
    journal.add(exchange(b"y"))
    assert [entry.sequence for entry in journal.since()] == [2]


def test_a_listener_is_woken_by_every_exchange_until_it_is_forgotten() -> None:
    journal = Journal()
    heard: list[int] = []
    forget = journal.listen(lambda: heard.append(journal.last))
    journal.add(exchange())
    journal.add(exchange())
    forget()
    journal.add(exchange())
    assert heard == [1, 2]


def test_a_listener_that_raises_breaks_nothing_and_is_not_called_again() -> None:
    journal = Journal()
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise RuntimeError("no")

    journal.listen(fail)
    journal.add(exchange())
    journal.add(exchange())
    assert (len(journal), len(calls)) == (2, 1)


def test_a_slow_reader_holds_up_nobody_and_misses_only_what_was_forgotten() -> None:
    journal = Journal(100)
    bell = threading.Event()
    journal.listen(bell.set)
    for _ in range(1000):
        journal.add(exchange())
    assert bell.is_set()
    assert [entry.sequence for entry in journal.since(7)] == list(range(901, 1001))


def test_many_threads_add_and_no_number_is_given_twice() -> None:
    journal = Journal()

    def fill(_: int) -> None:
        for _ in range(200):
            journal.add(exchange())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, range(8)))
    assert [entry.sequence for entry in journal.since()] == list(range(1, 1601))
