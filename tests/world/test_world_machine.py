"""A world under any sequence of calls, held against a model that knows only what was asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from dryshot.errors import Conflict, NotAuthenticated, NotFound
from dryshot.world import AccessToken, Job, JobQuery, JobStatus
from tests.world.worlds import submission, world

API_TOKENS = ("a", "b")


class WorldMachine(RuleBasedStateMachine):
    """Two users log in and out, submit, cancel and delete, while time goes by."""

    tokens: Bundle[AccessToken] = Bundle("tokens")
    jobs: Bundle[tuple[str, str]] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.world = world(accounts=[])
        self.dead: set[str] = set()
        self.ids: set[str] = set()
        self.present: dict[str, set[str]] = {token: set() for token in API_TOKENS}
        self.final: dict[str, tuple[Any, ...]] = {}

    @rule(target=tokens, api_token=st.sampled_from(API_TOKENS))
    def log_in(self, api_token: str) -> AccessToken:
        return self.world.accounts.log_in(api_token)

    @rule(token=tokens)
    def log_out(self, token: AccessToken) -> None:
        if self.living(token):
            self.world.accounts.revoke(token.value)
            self.dead.add(token.value)
        else:
            with pytest.raises(NotAuthenticated):
                self.world.accounts.revoke(token.value)

    @rule(token=tokens)
    def authenticate(self, token: AccessToken) -> None:
        if self.living(token):
            assert self.world.accounts.authenticate(token.value) is token.account
        else:
            with pytest.raises(NotAuthenticated):
                self.world.accounts.authenticate(token.value)

    @rule(
        target=jobs,
        token=tokens,
        params=st.sampled_from([{}, {"fail": 1}, {"crash": 1}]),
        cost=st.sampled_from([None, 0, 1]),
    )
    def submit(
        self, token: AccessToken, params: dict[str, int], cost: int | None
    ) -> tuple[str, str]:
        job = self.world.submit(token.account, submission(params=params, cost=cost))
        assert job.id not in self.ids
        self.ids.add(job.id)
        self.present[token.account.api_token].add(job.id)
        return token.account.api_token, job.id

    @rule(job=jobs)
    def cancel(self, job: tuple[str, str]) -> None:
        owner, job_id = job
        account = self.world.accounts.log_in(owner).account
        if job_id not in self.present[owner]:
            with pytest.raises(NotFound):
                self.world.cancel(account, job_id)
        elif self.world.job(account, job_id).status.final:
            with pytest.raises(Conflict):
                self.world.cancel(account, job_id)
        else:
            assert self.world.cancel(account, job_id).status is JobStatus.CANCELLED

    @rule(job=jobs)
    def delete(self, job: tuple[str, str]) -> None:
        owner, job_id = job
        account = self.world.accounts.log_in(owner).account
        if job_id in self.present[owner]:
            self.world.delete(account, job_id)
            self.present[owner].remove(job_id)
        else:
            with pytest.raises(NotFound):
                self.world.delete(account, job_id)

    @rule(seconds=st.sampled_from([0, 0.25, 0.5, 1, 3600, 14 * 86400]))
    def wait(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    @invariant()
    def lists_are_exact(self) -> None:
        for owner, ids in self.present.items():
            account = self.world.accounts.log_in(owner).account
            found, count = self.world.find_jobs(account, JobQuery(limit=10**6))
            assert {job.id for job in found} == ids
            assert count == len(ids)
            pending = self.world.find_jobs(account, JobQuery(pending=True))[1]
            done = self.world.find_jobs(account, JobQuery(pending=False))[1]
            assert pending + done == count

    @invariant()
    def a_final_state_is_for_ever(self) -> None:
        for job in self.world.jobs.values():
            if job.status.final:
                assert self.final.setdefault(job.id, end(job)) == end(job)
            else:
                assert job.id not in self.final

    def living(self, token: AccessToken) -> bool:
        return token.value not in self.dead and self.world.clock.now() < token.expires


def end(job: Job) -> tuple[Any, ...]:
    return job.status, job.ended, job.reason, job.reason_code, job.outcome


TestWorld = WorldMachine.TestCase
TestWorld.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
