"""No secret is ever written: found by its place and its form, and replaced by a pseudonym."""

from dryshot.recording.redaction.findings import Finding, find_secrets
from dryshot.recording.redaction.messages import NotReadable
from dryshot.recording.redaction.redactor import redact

__all__ = ["Finding", "NotReadable", "find_secrets", "redact"]
