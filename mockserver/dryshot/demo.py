"""The notebook's calls, one after another, with plain ``requests`` to IBM's host names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from dryshot.errors import MissingExtra
from dryshot.mock import Mock

if TYPE_CHECKING:  # an extra, imported when the demo runs
    import requests

__all__ = ["run"]

AUTH = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"
CIRCUIT = """
OPENQASM 3;
include "stdgates.inc";
qreg q[1];
creg c[1];
x q[0];
c[0] = measure q[0];
"""
_BAR = 40
_INDENT = (0, 0, 0, 4)


class StepFailed(Exception):
    """An answer was not what the notebook recorded."""


@dataclass(slots=True)
class _Notebook:
    """Its variables, and the steps that fill them; each returns what there is to show."""

    http: requests.Session
    circuit: str
    headers: dict[str, str] = field(default_factory=dict)
    job_id: str = ""

    def programs(self) -> str:
        answer = self.http.get(f"{RUNTIME}/programs", timeout=60)
        names = [program["id"] for program in _ok(answer)["programs"]]
        _expect(names == ["qasm3-runner", "sampler", "estimator", "circuit-runner"], names)
        return str(names)

    def log_in(self) -> str:
        body = {"apiToken": "any token opens an account"}
        answer = self.http.post(f"{AUTH}/users/loginWithToken", json=body, timeout=60)
        login = _ok(answer)
        self.headers = {"x-access-token": login["id"]}
        return f"a token of {len(login['id'])} characters, good for {login['ttl']} s"

    def backends(self) -> str:
        answer = self.http.get(f"{RUNTIME}/backends", headers=self.headers, timeout=60)
        devices = _ok(answer)["devices"]
        kinds = ["stabilizer", "extended_stabilizer", "statevector", "mps", "stabilizer"]
        _expect(devices[:5] == [f"simulator_{kind}" for kind in kinds], devices)
        return f"{devices[:5]} and {len(devices) - 5} more"

    def submit(self) -> str:
        body = {
            "program_id": "sampler",
            "backend": "ibm_wellington",
            "hub": "ibm-q-internal",
            "group": "dev-sys-software",
            "project": "internal-test",
            "params": {"circuits": [self.circuit]},
        }
        answer = self.http.post(f"{RUNTIME}/jobs", headers=self.headers, json=body, timeout=60)
        self.job_id = _ok(answer)["id"]
        return answer.text

    def state(self) -> str:
        url = f"{RUNTIME}/jobs/{self.job_id}"
        state = _ok(self.http.get(url, headers=self.headers, timeout=60))["state"]
        _expect(state == {"status": "Running"}, state)
        return str(state)

    def results(self) -> Group:
        url = f"{RUNTIME}/jobs/{self.job_id}/results"
        result = _ok(self.http.get(url, headers=self.headers, timeout=60))
        (quasi_dist,) = result["quasi_dists"]
        (metadata,) = result["metadata"]
        _expect(abs(sum(quasi_dist.values()) - 1) < 1e-9, result)  # noqa: PLR2004 - rounding
        _expect(quasi_dist["1"] > 0.9 or metadata.get("engine") == "stub", result)  # noqa: PLR2004
        return _chart(quasi_dist, metadata)

    def log_out(self) -> str:
        answer = self.http.post(f"{AUTH}/users/logout", headers=self.headers, timeout=60)
        _expect(answer.ok and not answer.text, answer.text)
        return f"{answer.status_code}, empty"

    def refused(self) -> str:
        body = {"program_id": "sampler", "backend": "ibm_wellington", "params": {"circuits": []}}
        answer = self.http.post(f"{RUNTIME}/jobs", headers=self.headers, json=body, timeout=60)
        _expect(answer.status_code == 401, answer.text)  # noqa: PLR2004 - Unauthorized
        _expect(answer.json()["errors"][0]["code"] == 1201, answer.text)  # noqa: PLR2004
        return answer.text


def run(
    *,
    engine: Literal["auto", "aer", "stub"] = "auto",
    seed: int = 0,
    circuit: str = CIRCUIT,
    console: Console | None = None,
) -> int:
    """Run every step; 0 if all held, 1 at the first that did not."""
    try:
        import requests
    except ImportError as error:
        raise MissingExtra("dryshot demo", "requests") from error

    console = console or Console()
    with Mock(engine=engine, seed=seed).activate() as mock, requests.Session() as http:
        notebook = _Notebook(http, circuit)
        steps: Mapping[str, Callable[[], str | Group]] = {
            "GET programs, without a token": notebook.programs,
            "POST loginWithToken": notebook.log_in,
            "GET backends": notebook.backends,
            "POST jobs, an OpenQASM 3 circuit": notebook.submit,
            "GET the job": notebook.state,
            "GET its results": notebook.results,
            "POST logout": notebook.log_out,
            "POST jobs again, refused": notebook.refused,
        }
        for number, (title, step) in enumerate(steps.items(), 1):
            heading = f"[bold cyan]{number}[/] [bold]{title}[/]"
            try:
                shown = step()
            except (StepFailed, LookupError, ValueError, requests.RequestException) as error:
                console.print(f"[bold red]✗[/] {heading}")
                console.print(Padding(escape(str(error) or repr(error)), _INDENT))
                return 1
            console.print(f"[green]✓[/] {heading}")
            console.print(Padding(escape(shown) if isinstance(shown, str) else shown, _INDENT))
        console.print(
            f"[bold green]All {len(steps)} steps held[/], {len(mock.journal)} requests answered "
            "in this process, none sent."
        )
    return 0


def _ok(answer: requests.Response) -> Any:
    _expect(answer.status_code == 200, f"{answer.status_code} {answer.text}")  # noqa: PLR2004 - OK
    return answer.json()


def _expect(held: object, got: object) -> None:
    if not held:
        raise StepFailed(f"the notebook has something else than {got}")


def _chart(quasi_dist: Mapping[str, float], metadata: Mapping[str, Any]) -> Group:
    chart = Table.grid(padding=(0, 1), expand=False)
    chart.add_column(justify="right")
    chart.add_column(width=_BAR)
    chart.add_column(justify="right")
    for key, value in sorted(quasi_dist.items()):
        bar = "█" * round(_BAR * min(max(value, 0), 1)) or "▏"
        chart.add_row(f"[bold]{key}[/]", f"[magenta]{bar}[/]", f"{value:.6f}")
    notes = "\n".join(f"{name} {value}" for name, value in metadata.items())
    return Group(chart, f"[dim]{escape(notes)}[/]")
