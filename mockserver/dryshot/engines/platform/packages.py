"""IBM's own packages, which some programs are read and answered with; imported when needed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from dryshot.engines.failure import ProgramError

__all__ = ["require", "schema", "tensor", "validated"]

NEEDED = ("ibm_quantum_schemas", "samplomatic")


def require(program: str) -> None:
    """Fail a job of ``program`` where a package for it is missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ProgramError(
            f"the program {program} needs {' and '.join(missing)}: "
            'pip install "dryshot[sdk]" where dryshot runs',
            kind="ModuleNotFoundError",
        )


def tensor(array: Any, *, packed: bool = False) -> dict[str, Any]:
    """A numpy array as a tensor in JSON; ``packed`` compresses it, as v2.0 does."""
    common = import_module("ibm_quantum_schemas.common")
    kind = common.CompressedTensorModel if packed else common.TensorModel
    made: dict[str, Any] = kind.from_numpy(array).model_dump(mode="json")
    return made


def schema(family: str, version: Any) -> Any:
    """The models of one version, such as "v2.0", of a program's inputs and results."""
    name = f"ibm_quantum_schemas.{family}.version_{str(version).lstrip('v').replace('.', '_')}"
    parts = str(version).removeprefix("v").split(".")
    if not all(part.isdecimal() for part in parts) or find_spec(name) is None:
        raise ProgramError(f"schema_version {version!r} is not known")
    return import_module(name)


def validated(model: Any, params: Any) -> Any:
    """``params`` as ``model``; what is wrong with them is a failure in one line."""
    from pydantic import ValidationError

    try:
        return model.model_validate(params)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ProgramError(
            f"params.{where}: {first['msg']}", kind="pydantic_core.ValidationError"
        ) from error
