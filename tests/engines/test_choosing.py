from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

import dryshot
from dryshot.engines import AerEngine, StubEngine, choose
from dryshot.errors import MissingExtra


def test_every_name_gives_its_engine() -> None:
    assert isinstance(choose("aer"), AerEngine)
    assert isinstance(choose("auto"), AerEngine)
    assert isinstance(choose("stub"), StubEngine)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'magic' is not an engine"):
        choose(cast(Any, "magic"))


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_choosing_an_engine_imports_no_heavy_library() -> None:
    code = (
        "import sys; from dryshot.engines import choose; choose('aer'); choose('stub');"
        "print([n for n in ('qiskit', 'qiskit_aer', 'numpy', 'httpx') if n in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_the_stub_engine_runs_without_any_heavy_library() -> None:
    code = (
        "import sys, warnings; warnings.simplefilter('ignore');"
        "from dryshot.engines import choose; from dryshot.world.backends import *;"
        "from dryshot.world.work import Task;"
        "b = Backend('s', simulator=True, load=lambda: BackendData({'n_qubits': 3}));"
        "p = {'circuits': ['qubit q; bit c; c = measure q;']};"
        "o = choose('stub')(Task('j', 'sampler', p, b, 1));"
        "print(o.failed, [n for n in ('qiskit', 'numpy') if n in sys.modules])"
    )
    assert run_python(code) == "False []"


def test_without_qiskit_auto_is_the_stub_and_aer_names_the_extra() -> None:
    home = str(Path(dryshot.__file__).parents[1])
    code = (
        f"import sys; sys.path.insert(0, {home!r})\n"
        "from dryshot.engines import choose\n"
        "print(type(choose('auto')).__name__)\n"
        "try:\n    choose('aer')\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    # -S leaves site-packages out, and qiskit with it
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "StubEngine",
        f'{MissingExtra.__name__} the aer engine needs an extra: pip install "dryshot[sim]"',
    ]
