"""The admin API, the live events and the page of a served mock, all below ``/_dryshot/``."""

from __future__ import annotations

from dryshot.server.admin.application import PREFIX, Admin, application

__all__ = ["PREFIX", "Admin", "application"]
