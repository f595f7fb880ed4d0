from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot.clock import Clock, WallClock, isoformat
from dryshot.instants import since_epoch
from dryshot.server.clocks import ServedClock, Setting

START = datetime(2023, 9, 11, 17, 27, 45, tzinfo=UTC)
seconds = st.floats(min_value=0, max_value=1e6, allow_nan=False)


def test_a_clock_stands_still_until_it_is_moved() -> None:
    clock = Clock(START)
    assert clock.now() == clock.now() == START
    clock.advance(1.5)
    assert clock.now() == START + timedelta(seconds=1.5)
    assert clock.time() == START.timestamp() + 1.5


@pytest.mark.parametrize(
    "start",
    [
        "2023-09-11T17:27:45Z",
        "2023-09-11T19:27:45+02:00",
        START.astimezone(timezone(timedelta(hours=-5))),
        START.timestamp(),
    ],
)
def test_an_instant_may_be_said_in_several_ways(start: str | datetime | float) -> None:
    assert Clock(start).now() == START


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Clock("2023-09-11T17:27:45")
    with pytest.raises(ValueError, match="'yesterday' is not an ISO 8601 instant"):
        Clock("yesterday")


def test_every_tick_moves_by_the_same_step() -> None:
    clock = Clock(START, tick=0.25)
    for _ in range(8):
        clock.tick()
    assert clock.now() == START + timedelta(seconds=2)


def test_a_frozen_clock_does_not_tick_but_can_be_advanced() -> None:
    clock = Clock(START)
    with clock.freeze():
        clock.tick()
        assert clock.now() == START
        clock.advance(1)
    clock.tick()
    assert clock.now() == START + timedelta(seconds=2)


def test_freezing_within_a_freeze_leaves_the_outer_one() -> None:
    clock = Clock(START)
    clock.freeze()
    with clock.freeze():
        pass
    clock.tick()
    assert clock.now() == START
    clock.unfreeze()
    clock.tick()
    assert clock.now() > START


def test_time_does_not_run_backwards() -> None:
    clock = Clock(START)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance_to("2023-09-11T17:27:44Z")
    with pytest.raises(ValueError, match="backwards"):
        Clock(START, tick=-1)


@given(st.lists(seconds, max_size=30), seconds)
def test_what_falls_due_runs_in_order_at_its_own_instant(delays: list[float], far: float) -> None:
    clock = Clock(START)
    ran: list[tuple[float, int]] = []
    for index, delay in enumerate(delays):
        clock.call_later(delay, partial(lambda index: ran.append((clock.time(), index)), index))
    clock.advance(far)
    due = [
        (round(delay * 1e6), index)
        for index, delay in enumerate(delays)
        if round(delay * 1e6) <= round(far * 1e6)
    ]
    assert [index for _, index in ran] == [index for _, index in sorted(due)]
    assert [when for when, _ in ran] == sorted(when for when, _ in ran)


def test_what_is_scheduled_by_what_runs_is_run_too_when_it_is_due() -> None:
    clock = Clock(START)
    ran: list[datetime] = []
    clock.call_later(1, lambda: clock.call_later(1, lambda: ran.append(clock.now())))
    clock.advance(5)
    assert ran == [START + timedelta(seconds=2)]
    assert clock.now() == START + timedelta(seconds=5)


def test_a_cancelled_event_does_nothing() -> None:
    clock = Clock(START)
    ran: list[int] = []
    clock.call_later(1, lambda: ran.append(1)).cancel()
    clock.advance(2)
    assert ran == []


@given(st.datetimes(timezones=st.just(UTC)))
def test_iso_text_reads_back(instant: datetime) -> None:
    text = isoformat(instant)
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == instant


class Wall:
    """The machine's own time, set by hand."""

    def __init__(self) -> None:
        self.time = START.timestamp()

    def __call__(self) -> float:
        return self.time


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_wall_clock_goes_with_real_time_from_wherever_it_starts() -> None:
    wall = Wall()
    now, earlier = WallClock(wall=wall), WallClock("2020-01-01T00:00:00Z", wall=wall)
    wall.time += 2.5
    assert now.now() == after(2.5)
    assert earlier.now() == datetime(2020, 1, 1, 0, 0, 2, 500_000, tzinfo=UTC)
    assert now.time() == wall.time


def test_by_default_a_wall_clock_shows_the_time_of_this_machine() -> None:
    before = datetime.now(UTC)
    clock = WallClock()
    assert before - timedelta(seconds=1) <= clock.now() <= datetime.now(UTC) + timedelta(seconds=1)


def test_a_tick_of_a_wall_clock_runs_what_is_due_at_its_own_instant_and_adds_nothing() -> None:
    wall, ran = Wall(), list[datetime]()
    clock = WallClock(wall=wall)
    clock.call_later(1, lambda: clock.call_later(1, lambda: ran.append(clock.now())))
    wall.time += 1.5
    clock.tick()
    assert (ran, clock.now()) == ([], after(1.5))
    wall.time += 1.5
    clock.keep_up()
    assert (ran, clock.now()) == ([after(2)], after(3))


def test_an_action_that_takes_real_time_does_not_make_a_wall_clock_late() -> None:
    wall = Wall()
    clock = WallClock(wall=wall)

    def work() -> None:
        wall.time += 5

    clock.call_later(1, work)
    wall.time += 2
    clock.tick()
    assert clock.now() == after(7)


def test_advancing_a_wall_clock_adds_to_its_offset() -> None:
    wall, ran = Wall(), list[datetime]()
    clock = WallClock(wall=wall)
    clock.call_later(60, lambda: ran.append(clock.now()))
    clock.advance(100)
    wall.time += 1
    assert (ran, clock.now()) == ([after(60)], after(101))
    clock.advance_to(after(200))
    wall.time += 1
    assert clock.now() == after(201)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance_to(after(200.5))


def test_advancing_within_an_action_counts_only_beyond_where_the_clock_was_going() -> None:
    wall = Wall()
    clock = WallClock(wall=wall)
    clock.call_later(1, lambda: clock.advance(2))
    clock.advance(10)
    assert clock.now() == after(10)
    clock.call_later(1, lambda: clock.advance(20))
    clock.advance(10)
    assert clock.now() == after(31)


def test_a_frozen_wall_clock_stands_still_and_goes_on_from_there() -> None:
    wall = Wall()
    clock = WallClock(wall=wall)
    with clock.freeze():
        wall.time += 100
        clock.tick()
        assert clock.now() == START
        clock.advance(5)
        assert clock.now() == after(5)
    assert clock.now() == after(5)
    wall.time += 1
    assert clock.now() == after(6)


def test_a_wall_clock_does_not_go_back_with_the_machine() -> None:
    wall = Wall()
    clock = WallClock(wall=wall)
    wall.time += 10
    clock.tick()
    wall.time -= 3600
    assert clock.now() == after(10)
    clock.tick()
    wall.time += 1
    assert clock.now() == after(11)


def test_real_time_does_not_move_a_virtual_clock() -> None:
    clock, ran = Clock(START), list[int]()
    clock.call_later(0, lambda: ran.append(1))
    clock.keep_up()
    assert (ran, clock.now()) == ([], START)


def test_a_freeze_lasts_until_it_is_ended_or_its_block_is() -> None:
    clock = Clock(START)
    with clock.freeze() as same:
        frozen = [same.is_frozen]
    frozen.append(clock.is_frozen)
    clock.freeze()
    assert [*frozen, clock.is_frozen] == [True, False, True]
    assert same is clock


def test_a_length_of_time_may_be_seconds_or_a_timedelta() -> None:
    clock = Clock(START, tick=timedelta(minutes=1))
    clock.tick()
    clock.advance(timedelta(hours=1))
    clock.offset(timedelta(hours=2))
    assert clock.now() == START + timedelta(hours=2, minutes=1)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_a_length_of_time_has_an_end(seconds: float) -> None:
    clock = Clock(START)
    for move in (clock.advance, clock.offset, partial(setattr, clock, "step")):
        with pytest.raises(ValueError, match="not a length of time"):
            move(seconds)
    with pytest.raises(ValueError, match="not an instant"):
        clock.advance_to(seconds)
    assert (clock.now(), clock.step) == (START, 1)


def test_there_is_no_time_after_the_last_year_and_nothing_runs_on_the_way() -> None:
    clock, ran = Clock(START), list[int]()
    clock.call_later(1, lambda: ran.append(1))
    with pytest.raises(ValueError, match="9999"):
        clock.advance(1e15)
    assert (ran, clock.now()) == ([], START)


def test_the_step_of_each_request_can_be_set() -> None:
    clock = Clock(START)
    clock.tick()
    clock.step = 60
    clock.tick()
    clock.step = 0
    clock.tick()
    assert (clock.now(), clock.step) == (after(61), 0)
    with pytest.raises(ValueError, match="step is -1 s; time does not run backwards"):
        clock.step = -1


def test_an_offset_is_from_where_the_steps_alone_would_have_led() -> None:
    clock, ran = Clock(START), list[datetime]()
    clock.call_later(50, lambda: ran.append(clock.now()))
    clock.tick()
    clock.offset(100)
    clock.tick()
    assert (clock.now(), clock.ahead) == (after(102), timedelta(seconds=100))
    clock.offset(100)
    assert (clock.now(), ran) == (after(102), [after(50)])
    clock.advance(20)
    assert clock.ahead == timedelta(seconds=120)
    with pytest.raises(ValueError, match="offset of 60 would go back from one of 0:02:00"):
        clock.offset(60)
    assert clock.now() == after(122)


def test_what_moves_the_clock_while_it_moves_is_counted_once() -> None:
    clock = Clock(START)
    clock.call_later(1, lambda: clock.advance(20))
    clock.advance(10)
    assert (clock.now(), clock.ahead) == (after(21), timedelta(seconds=21))


def test_a_movement_that_failed_is_counted_as_far_as_it_went() -> None:
    clock = Clock(START)
    clock.call_later(1, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clock.advance(10)
    assert (clock.now(), clock.ahead) == (after(1), timedelta(seconds=1))


def test_the_offset_of_a_wall_clock_is_from_the_machines_time() -> None:
    wall = Wall()
    clock = WallClock(wall=wall)
    clock.offset(60)
    wall.time += 5
    assert (clock.now(), clock.ahead) == (after(65), timedelta(minutes=1))
    clock.offset(3600)
    assert clock.now() == after(3605)
    with pytest.raises(ValueError, match="would go back"):
        clock.offset(0)
    past = WallClock("2020-01-01T00:00:00Z", wall=wall)
    assert past.ahead < timedelta()
    past.offset(-60)
    assert past.now() == after(-55)


def test_requests_move_a_wall_clock_too_if_it_is_given_a_step() -> None:
    wall = Wall()
    clock = WallClock(wall=wall)
    assert clock.step == 0
    clock.step = 10
    wall.time += 1
    clock.tick()
    assert clock.now() == after(11)
    clock.call_later(0, lambda: None)
    clock.keep_up()
    assert clock.now() == after(11)
    with clock.freeze():
        clock.tick()
    assert clock.now() == after(11)


@pytest.mark.parametrize("by_wall", [False, True])
def test_a_served_clock_is_steered_like_any_other_and_tells(*, by_wall: bool) -> None:
    wall, told = Wall(), list[datetime]()
    clock = ServedClock(START, wall if by_wall else None)
    clock.on_set = lambda: told.append(clock.now())
    clock.offset(60)
    clock.step = 5
    clock.tick()
    clock.advance(timedelta(seconds=1))
    clock.keep_up()
    with clock.freeze():
        clock.tick()
    assert clock.now() == after(66)
    assert told == [after(60), after(60), after(66), after(66), after(66)]
    again = ServedClock(START, wall if by_wall else None)
    again.restore(clock.setting)
    again.tick()
    assert (again.now(), again.step) == (after(71), 5)


def test_a_served_clock_goes_on_from_where_its_steps_had_led() -> None:
    wall = Wall()
    clock = ServedClock(START, wall)
    clock.step = 60
    kept = clock.setting
    for _ in range(10):
        clock.tick()
    assert clock.now() == after(600)
    again = ServedClock(START, wall)
    again.restore(kept)
    with again.at(since_epoch(after(600))):
        pass
    again.tick()
    assert again.now() == after(660)


def test_a_setting_that_was_kept_without_a_step_leaves_it() -> None:
    clock = ServedClock(START)
    clock.restore(Setting(since_epoch(after(5)), 0, frozen=False))
    clock.tick()
    assert clock.now() == after(6)
