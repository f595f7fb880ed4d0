"""Where two descriptions of the service differ: documents, recordings, answers and their shapes."""

from __future__ import annotations

from dryshot.drift.findings import Finding, Report, Verdict

__all__ = ["Finding", "Report", "Verdict"]
