"""The command line: list devices, run a circuit."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from dryshot_client import timing
from dryshot_client.checks import check_seconds
from dryshot_client.drivers import Sleeper
from dryshot_client.errors import DryshotClientError, JobTimeout
from dryshot_client.platform import Runtime
from dryshot_client.platform.api import LATEST_VERSION
from dryshot_client.platform.results import SamplerPub
from dryshot_client.platform.settings import NoKey
from dryshot_client.tables import write_json, write_table

__all__ = ["main"]

FINE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130

PROGRAM = "python -m dryshot_client"
KEYS = (
    "The API key is no option: whoever lists the processes would see it. It comes from the"
    " environment variable QISKIT_IBM_TOKEN, or from the account that IBM's SDK saved."
    " Exit codes: 0 fine, 1 the service or the job failed, 2 wrong usage, 130 interrupted."
)


def main(
    argv: Sequence[str] | None = None,
    *,
    sleep: Sleeper = timing.sleep,
    monotonic: Callable[[], float] = timing.monotonic,
) -> int:
    """Run one command and return its exit code. ``sleep`` and ``monotonic`` are the clock."""
    try:
        settings = _make_parser().parse_args(argv)
    except SystemExit as end:  # argparse has said why
        return end.code if isinstance(end.code, int) else MISUSED
    run: Callable[[Runtime, argparse.Namespace], str] = settings.run
    try:
        # The versions are told to everybody; an account that is named has to be there all the same.
        anybody = run is _versions and settings.account_name is None
        with Runtime(
            api_key="none is needed" if anybody else None,
            instance=settings.instance,
            url=settings.url,
            account_name=settings.account_name,
            api_version=settings.api_version,
            sleep=sleep,
            monotonic=monotonic,
        ) as runtime:
            text = run(runtime, settings)
        return _print(text)
    except _Interrupted as interruption:
        return _complain(str(interruption), INTERRUPTED)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except DryshotClientError as error:
        return _complain(str(error), FAILED)
    except NoKey as error:
        return _complain(
            "there is no API key: set the environment variable QISKIT_IBM_TOKEN to yours, or save"
            f" an account with IBM's SDK ({error.file}; --account-name chooses among several)",
            MISUSED,
        )
    except ValueError as error:
        return _complain(str(error), MISUSED)


class _Interrupted(Exception):
    """Ctrl-C, and what is to be known about the job."""


def _print(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read it has seen enough. Python would try once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return FINE


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")
    return code


def _backends(runtime: Runtime, settings: argparse.Namespace) -> str:
    devices = [
        {
            "name": device.name,
            "status": device.status.name,
            "qubits": device.qubits or device.physical_qubits,
            "queue": device.queue_length,
        }
        for device in runtime.backends.list()
    ]
    return write_json(devices) if settings.json else write_table(devices, left=2)


def _versions(runtime: Runtime, settings: argparse.Namespace) -> str:
    versions = [
        {
            "version": each.version,
            "status": each.status,
            "sunset": None if each.sunset_date is None else each.sunset_date.isoformat(),
        }
        for each in runtime.versions.list()
    ]
    return write_json(versions) if settings.json else write_table(versions, left=3)


def _submit(runtime: Runtime, settings: argparse.Namespace) -> str:
    check_seconds("timeout", settings.timeout)  # now: later there would be a job already
    circuit = _read_circuit(settings.file)
    try:
        job = runtime.sampler(settings.backend, circuit, shots=settings.shots)
    except KeyboardInterrupt:
        raise _Interrupted("interrupted; whether there is a job now is not known") from None
    made = {"id": job.id, "backend": job.backend}
    if settings.no_wait:
        return write_json(made) if settings.json else f"{job.id}\n"
    goes_on = f"job {job.id} on {job.backend} goes on"
    try:
        sys.stderr.write(f"job {job.id} on {job.backend}\n")
        progress = find_spec("rich") is not None
        (pub,) = job.result(timeout=settings.timeout, progress=progress)
    except KeyboardInterrupt:
        raise _Interrupted(f"interrupted; {goes_on}") from None
    except JobTimeout as error:
        raise _GoesOn(f"{error}; it goes on") from None
    counts = _count(pub)
    if settings.json:
        return write_json({**made, "counts": counts})
    return "\n".join(
        f"{name}\n"
        + write_table([{"bits": bits, "count": count} for bits, count in each.items()], left=1)
        for name, each in counts.items()
    )


class _GoesOn(DryshotClientError):
    """Waiting is over, and the job is not."""


def _read_circuit(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"cannot read {name}: it is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"cannot read {name}: {error.strerror}") from None


def _count(pub: SamplerPub) -> dict[str, dict[str, int]]:
    """Counts by register and bit string, the most frequent first."""
    return {
        name: dict(sorted(register.counts().items(), key=lambda pair: (-pair[1], pair[0])))
        for name, register in pub.registers.items()
    }


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="The IBM Quantum platform from the command line.", epilog=KEYS
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = _make_common_options()

    def add(
        name: str, run: Callable[[Runtime, argparse.Namespace], str], summary: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=KEYS,
            parents=[common],
        )
        command.set_defaults(run=run)
        return command

    add("backends", _backends, "list the instance's devices, and how long their queues are")
    add("versions", _versions, "list the versions of the API; no key is needed")
    submit = add("submit", _submit, "run an OpenQASM 3 circuit with the sampler, and print counts")
    submit.add_argument(
        "file", metavar="FILE", help="OpenQASM 3 in the device's own gates; - is stdin"
    )
    submit.add_argument("--backend", required=True, metavar="NAME", help="the device to run on")
    submit.add_argument(
        "--shots", type=int, metavar="N", help="how often to run (default: the service's choice)"
    )
    submit.add_argument(
        "--timeout", type=float, metavar="S", help="wait no longer than S seconds; the job goes on"
    )
    submit.add_argument(
        "--no-wait", action="store_true", help="print the id of the job, and do not wait for it"
    )
    return parser


def _make_common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON")
    common.add_argument(
        "--instance",
        metavar="CRN|NAME",
        help="the instance (default: QISKIT_IBM_INSTANCE, or the only one)",
    )
    common.add_argument("--url", help="the cloud (default: QISKIT_IBM_URL, or IBM's)")
    common.add_argument("--account-name", metavar="NAME", help="an account that IBM's SDK saved")
    common.add_argument(
        "--api-version",
        default=LATEST_VERSION,
        metavar="YYYY-MM-DD",
        help="the version of the API to speak (default: %(default)s)",
    )
    return common
