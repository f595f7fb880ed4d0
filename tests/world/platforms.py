"""Small platforms for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dryshot.world import Account, Backend, BackendData, Job, Outcome, Submission, Task, World
from dryshot.world.platform import ServiceInstance
from tests.world.worlds import world

ACCOUNT_ID = "0123456789abcdef" * 2
DEVICES = ("ibm_box", "ibm_bin")


def instance(name: str = "lab", **fields: Any) -> ServiceInstance:
    given = {"account_id": ACCOUNT_ID, "plan": "premium", "backends": DEVICES} | fields
    return ServiceInstance.make(name, **given)


def run(task: Task) -> Outcome:
    """An engine that uses the device for as many seconds as it is told."""
    seconds = task.params.get("seconds", 2.0)
    if task.params.get("fail"):
        return Outcome(
            failed=True, body="Traceback", reason="no", reason_code=1517, quantum_seconds=seconds
        )
    return Outcome(failed=False, body=json.dumps({"by": task.dialect}), quantum_seconds=seconds)


def device(name: str, *, simulator: bool = False) -> Backend:
    configuration: Mapping[str, Any] = {"backend_name": name, "n_qubits": 1}
    properties: Mapping[str, Any] = {} if simulator else {"backend_name": name}
    return Backend(name, simulator=simulator, load=lambda: BackendData(configuration, properties))


class Place:
    """A world, one account of it, and one instance of that."""

    def __init__(self, *instances: ServiceInstance, **settings: Any) -> None:
        names = (*DEVICES, "simulator")
        given: dict[str, Any] = {
            "backends": {name: device(name, simulator=name == "simulator") for name in names},
            "accounts": [Account("key", service_instances=instances or (instance(),))],
            "engine": run,
        }
        self.world: World = world(**(given | settings))
        self.platform = self.world.platform
        self.clock = self.world.clock
        self.account = self.platform.authenticate(self.platform.issue_token("key").value)
        self.instance = self.platform.instances(self.account)[0]

    def submit(self, seconds: float = 2.0, **fields: Any) -> Job:
        """A job; ``fields`` are those of a submission."""
        given = {"params": {"seconds": seconds}, "program_id": "sampler", "backend": "ibm_box"}
        return self.platform.submit(self.account, self.instance, Submission(**(given | fields)))

    def ran(self, seconds: float = 2.0, **fields: Any) -> Job:
        """A job that had its time."""
        job = self.submit(seconds, **fields)
        self.clock.advance(0)
        return job
