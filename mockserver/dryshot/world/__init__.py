"""Accounts, backends, programs, jobs: the state that the mock keeps, and how it changes."""

from __future__ import annotations

from dryshot.world.accounts import AccessToken, Account
from dryshot.world.backends import Backend, BackendData
from dryshot.world.ids import IdSource
from dryshot.world.instances import ServiceInstance
from dryshot.world.jobs import Job, JobQuery, Submission
from dryshot.world.lifecycle import JobStatus
from dryshot.world.runner import Pace
from dryshot.world.sessions import Session
from dryshot.world.work import Engine, Outcome, Task
from dryshot.world.world import World

__all__ = [
    "AccessToken",
    "Account",
    "Backend",
    "BackendData",
    "Engine",
    "IdSource",
    "Job",
    "JobQuery",
    "JobStatus",
    "Outcome",
    "Pace",
    "ServiceInstance",
    "Session",
    "Submission",
    "Task",
    "World",
]
