"""Circuits as they are sent: OpenQASM 3 and 2 text, and encoded QPY."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from dryshot.engines.encoding import decode
from dryshot.engines.failure import ProgramError
from dryshot.engines.shapes import strip_comments, version_of

__all__ = ["load", "unrolled"]

MAX_TEXT = 8 * 2**20
MAX_OPERATIONS = 500_000
MAX_WRITTEN = 100_000
IMPORTER_ERROR = "qiskit.qasm3.exceptions.QASM3ImporterError"
PARSING_ERROR = "openqasm3.parser.QASM3ParsingError"

_LOOSE_BIT = re.compile(r"\bbit\s+([A-Za-z_]\w*)")
_UNDEFINED = re.compile(r"gate '(\w+)' is not defined")
_INCLUDE = re.compile(r'include\s+"stdgates\.inc"\s*;')

# Gates of IBM's devices that stdgates.inc lacks. Each is written on one line, so that the line
# numbers in messages stay what the user sees.
HARDWARE_GATES = {
    "ecr": "gate ecr a, b { s a; sx b; cx a, b; x a; }",
    "rzz": "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }",
    "rxx": "gate rxx(t) a, b { h a; h b; cx a, b; rz(t) b; cx a, b; h a; h b; }",
    "rzx": "gate rzx(t) a, b { h b; cx a, b; rz(t) b; cx a, b; h b; }",
    "sxdg": "gate sxdg a { h a; sdg a; h a; }",
}


def load(raw: Any, *, define: bool = True) -> Any:
    """The circuit that ``raw`` describes; raises :class:`ProgramError` for what is not one.

    ``define`` gives texts the gates of IBM's devices that the standard include lacks.
    """
    from qiskit import QuantumCircuit

    if isinstance(raw, str):
        return _text(raw, define=define)
    circuit = decode(raw)
    if not isinstance(circuit, QuantumCircuit):
        raise ProgramError(f"expected a circuit, found {type(circuit).__name__}", kind="TypeError")
    return circuit


def _text(text: str, *, define: bool) -> Any:
    if len(text) > MAX_TEXT:
        raise ProgramError(f"a circuit of {len(text)} characters; at most {MAX_TEXT} are read")
    version = version_of(text)
    readers: dict[int, Callable[[str], Any]] = {2: _qasm2, 3: partial(_qasm3, define=define)}
    if version not in readers:
        raise ProgramError(f"OpenQASM {version} is not known; 2 and 3 are")
    if not strip_comments(text).strip():
        raise ProgramError("the circuit is an empty text")
    return readers[version](text)


def _qasm2(text: str) -> Any:
    from qiskit import qasm2

    try:
        # no include path: only the built-in qelib1.inc can be included, never a file
        return qasm2.loads(
            text, include_path=(), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS
        )
    except qasm2.QASM2ParseError as error:
        raise ProgramError(error.message, kind="qiskit.qasm2.exceptions.QASM2ParseError") from error


def _qasm3(text: str, *, define: bool) -> Any:
    from qiskit_qasm3_import import ConversionError

    try:
        circuit = _convert(text)
    except ConversionError as error:
        missing = _UNDEFINED.search(str(error))
        if not define or missing is None or missing.group(1) not in HARDWARE_GATES:
            raise ProgramError(str(error), kind=IMPORTER_ERROR) from error
        return _qasm3(_define(text, missing.group(1)), define=define)
    return _named(circuit, text)


def _define(text: str, gate: str) -> str:
    """``text`` with a definition of ``gate`` where the standard gates are known."""
    definition = HARDWARE_GATES[gate]
    include = _INCLUDE.search(text)
    if include is None:
        raise ProgramError(
            f"gate '{gate}' is not defined; include \"stdgates.inc\" first",
            kind=IMPORTER_ERROR,
        )
    return f"{text[: include.end()]} {definition} {text[include.end() :]}"


def _convert(text: str) -> Any:
    """Parse and import; the listener is ours, since the library's prints and says nothing."""
    from qiskit_qasm3_import import convert

    antlr = import_module("antlr4")  # neither this nor the grammar has types
    grammar = import_module("openqasm3.parser")
    base: Any = import_module("antlr4.error.ErrorListener").ErrorListener

    class Listener(base):  # type: ignore[misc]  # a base class without types
        def syntaxError(  # noqa: N802 - antlr4's name
            self, _parser: Any, _symbol: Any, line: int, column: int, message: str, _error: Any
        ) -> None:
            raise ProgramError(f"{line},{column}: {message}", kind=PARSING_ERROR)

    lexer = grammar.qasm3Lexer(antlr.InputStream(text))
    parser = grammar.qasm3Parser(antlr.CommonTokenStream(lexer))
    for stage in (lexer, parser):
        stage.removeErrorListeners()
        stage.addErrorListener(Listener())
    try:
        program = grammar.QASMNodeVisitor().visitProgram(parser.program())
    except grammar.QASM3ParsingError as error:
        raise ProgramError(str(error), kind=PARSING_ERROR) from error
    if not program.statements:
        raise ProgramError("the circuit has no statement")
    _check_written_out(program.statements, {})
    return convert(program)


def _check_written_out(statements: list[Any], gates: dict[str, int]) -> int:
    """Count the gates that importing makes: it copies every definition wherever it is used."""
    total = 0
    for statement in statements:
        blocks = [
            getattr(statement, name, None) for name in ("body", "block", "if_block", "else_block")
        ]
        inner = sum(_check_written_out(block, gates) for block in blocks if isinstance(block, list))
        name = getattr(getattr(statement, "name", None), "name", None)
        if type(statement).__name__ == "QuantumGateDefinition":
            gates[str(name)] = inner
        total += inner + gates.get(str(name), 1)
        if total > MAX_WRITTEN:
            raise ProgramError(f"more than {MAX_WRITTEN} operations when written out")
    return total


def _named(circuit: Any, text: str) -> Any:
    """``circuit`` with each ``bit c;`` in a register of its own: results are given by name."""
    from qiskit import ClassicalRegister

    owned = {bit for register in circuit.cregs for bit in register}
    loose = [bit for bit in circuit.clbits if bit not in owned]
    for bit, name in zip(loose, _LOOSE_BIT.findall(strip_comments(text)), strict=False):
        circuit.add_register(ClassicalRegister(name=name, bits=[bit]))
    return circuit


def unrolled(circuit: Any) -> int:
    """How many basic operations ``circuit`` comes to with its loops and definitions written out."""
    total = _Weight().of(circuit)
    if total > MAX_OPERATIONS:
        raise ProgramError(f"{total} operations when written out; at most {MAX_OPERATIONS} are run")
    return total


class _Weight:
    """Counts without writing anything out, so that a short text cannot make long work."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], int] = {}

    def of(self, circuit: Any) -> int:
        return sum(self._operation(item.operation) for item in circuit.data)

    def _operation(self, operation: Any) -> int:
        from qiskit.circuit import ControlFlowOp

        if operation.name == "while_loop":
            raise ProgramError("while loops are not supported: their end is not known beforehand")
        if isinstance(operation, ControlFlowOp):
            times = len(operation.params[0]) if operation.name == "for_loop" else 1
            return 1 + times * sum(self.of(block) for block in operation.blocks)
        key = (operation.name, operation.num_qubits, len(getattr(operation, "params", ())))
        if key not in self._known:
            self._known[key] = 1  # a definition that names itself ends here
            definition = None if _is_basic(operation) else operation.definition
            self._known[key] = 1 if definition is None else max(1, self.of(definition))
        return self._known[key]


def _is_basic(operation: Any) -> bool:
    return (
        getattr(operation, "_standard_gate", None) is not None
        or operation.num_qubits == 0
        or operation.name in {"measure", "reset", "delay", "barrier", "unitary", "initialize"}
    )
