"""OpenAPI documents as router and referee."""

from dryshot.contract.contract import Call, Contract, Match
from dryshot.contract.documents import CONTRACTS, Documents, Found
from dryshot.contract.operations import Operation
from dryshot.contract.problems import InvalidRequest, MethodNotAllowed, NoSuchPath, Problem

__all__ = [
    "CONTRACTS",
    "Call",
    "Contract",
    "Documents",
    "Found",
    "InvalidRequest",
    "Match",
    "MethodNotAllowed",
    "NoSuchPath",
    "Operation",
    "Problem",
]
