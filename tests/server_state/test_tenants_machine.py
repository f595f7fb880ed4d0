"""Two tenants that take turns live as each would alone."""

from __future__ import annotations

from contextlib import ExitStack, closing

from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot.server.tenants import Tenants
from dryshot.world import Pace
from tests.server_state.stage import User, virtual

ACTIONS = ("submit", "classic", "list", "cancel", "usage", "session", "log in")
TURNS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(ACTIONS)), max_size=14)


def act(user: User, action: str) -> tuple[int, str]:
    if action == "submit":
        return 200, user.submit()
    if action == "classic":
        return 200, user.submit_classic()
    if action == "cancel":
        jobs = user.jobs()
        answer = user.do("POST", f"/jobs/{jobs[0] if jobs else 'none'}/cancel")
    elif action == "session":
        answer = user.do("POST", "/sessions", {"mode": "batch", "backend": "ibm_fez"})
    elif action == "log in":
        return 200, str(user.log_in().headers)
    else:
        answer = user.do("GET", "/jobs" if action == "list" else "/usage")
    return answer.status_code, answer.text


def lives(tenants: Tenants, turns: list[tuple[str, str]]) -> dict[str, list[tuple[int, str]]]:
    with ExitStack() as stack:
        users = {key: stack.enter_context(closing(User(tenants, key))) for key, _ in turns}
        for user in users.values():
            user.log_in().log_in_classic()
        told: dict[str, list[tuple[int, str]]] = {key: [] for key in users}
        for key, action in turns:
            told[key].append(act(users[key], action))
        return told


@settings(max_examples=15, deadline=None)
@given(TURNS)
def test_two_tenants_that_take_turns_live_as_each_would_alone(turns: list[tuple[str, str]]) -> None:
    worlds = virtual(Pace(3, 3))
    together = lives(worlds.tenants(), turns)
    for key, told in together.items():
        alone = lives(worlds.tenants(), [turn for turn in turns if turn[0] == key])
        assert alone == {key: told}
