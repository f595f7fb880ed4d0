"""What both platform clients offer, written once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from dryshot_client.calls import D, Resource, call
from dryshot_client.flows import Flow
from dryshot_client.platform.analytics import Analytics
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.backends import Backends
from dryshot_client.platform.instances import Accounts, Instances, Tags, Versions
from dryshot_client.platform.jobs import Jobs
from dryshot_client.platform.primitives import (
    EstimatorJob,
    JobSettings,
    SamplerJob,
    submit_primitive,
)
from dryshot_client.platform.sessions import Sessions
from dryshot_client.platform.workloads import Workloads

if TYPE_CHECKING:
    from dryshot_client.platform.programs import (
        Circuits,
        EstimatorOptions,
        Observables,
        Parameters,
        SamplerOptions,
    )

__all__ = ["Platform"]


class Platform(Resource[D]):
    """The resources of the Compute API, and the two primitives."""

    def __init__(self, api: PlatformApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api
        self.backends = Backends(api, driver)
        self.jobs = Jobs(api, driver)
        self.sessions = Sessions(api, driver)
        self.instances = Instances(api, driver)
        self.workloads = Workloads(api, driver)
        self.tags = Tags(api, driver)
        self.analytics = Analytics(api, driver)
        self.accounts = Accounts(api, driver)
        self.versions = Versions(api, driver)

    def __repr__(self) -> str:
        where = self._api.base("runtime")
        return f"<{type(self).__name__} {where} instance={self._api.instance!r}>"

    @call
    def sampler(
        self,
        backend: str,
        circuits: Circuits,
        *,
        shots: int | Sequence[int | None] | None = None,
        parameters: Parameters | None = None,
        options: SamplerOptions | None = None,
        **job: Unpack[JobSettings],
    ) -> Flow[SamplerJob[D]]:
        """Submit circuits to be run and measured; ``result()`` of the job has what was measured.

        A circuit is OpenQASM 3 text or a qiskit ``QuantumCircuit``, in the device's own gates. See
        :func:`sampler_params` for several circuits, parameters and options, and ``jobs.create``
        for the settings of the ``job``.
        """
        from dryshot_client.platform.programs import sampler_params  # late: not all submit circuits

        params = sampler_params(circuits, shots=shots, parameters=parameters, options=options)
        created = yield from submit_primitive(self._api, "sampler", backend, params, job)
        return SamplerJob(self._api, self._driver, created)

    @call
    def estimator(
        self,
        backend: str,
        circuits: Circuits,
        observables: Observables,
        *,
        parameters: Parameters | None = None,
        precision: float | Sequence[float | None] | None = None,
        resilience_level: int | None = None,
        options: EstimatorOptions | None = None,
        **job: Unpack[JobSettings],
    ) -> Flow[EstimatorJob[D]]:
        """Submit circuits and observables; ``result()`` of the job has the expectation values.

        Circuits as for :meth:`sampler`; see :func:`estimator_params` for the observables.
        """
        from dryshot_client.platform.programs import estimator_params  # late, as above

        params = estimator_params(
            circuits,
            observables,
            parameters=parameters,
            precision=precision,
            resilience_level=resilience_level,
            options=options,
        )
        created = yield from submit_primitive(self._api, "estimator", backend, params, job)
        return EstimatorJob(self._api, self._driver, created)
