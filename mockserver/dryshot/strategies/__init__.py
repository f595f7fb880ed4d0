"""Hypothesis strategies for tests of one's own: jobs, circuits, sessions, requests and answers.

They are made from the OpenAPI documents that the mock is held to, so whatever they give is what
the documents allow. They need the extra ``hypothesis``.
"""

from __future__ import annotations

from dryshot.errors import MissingExtra

try:
    import hypothesis  # noqa: F401 - only to say that it is missing
except ImportError as error:
    raise MissingExtra("dryshot.strategies", "hypothesis") from error

from dryshot.strategies.circuits import circuits
from dryshot.strategies.exchanges import Answer, requests, responses
from dryshot.strategies.jobs import jobs, sessions

__all__ = ["Answer", "circuits", "jobs", "requests", "responses", "sessions"]
