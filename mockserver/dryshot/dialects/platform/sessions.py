"""Sessions and batches."""

from __future__ import annotations

from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.platform import wire
from dryshot.dialects.platform.caller import Caller
from dryshot.errors import Invalid
from dryshot.world import World

__all__ = ["SessionHandlers"]


class SessionHandlers:
    """One method per operation on sessions."""

    world: World

    def create_session(self, call: Call, caller: Caller) -> Reply:
        """Open a session on a backend."""
        body = call.body
        backend = body.get("backend") or body.get("backend_name")
        if backend is None:
            raise Invalid("backend", "backend is required")
        session = self.world.platform.open_session(
            caller.account,
            caller.instance,
            mode=body["mode"],
            backend=backend,
            max_ttl=body.get("max_ttl"),
        )
        return 200, wire.session(session, self.world.clock.now())

    def get_session(self, call: Call, caller: Caller) -> Reply:
        """A session as it is now."""
        session = self.world.platform.session(caller.account, caller.instance, call.path["id"])
        return 200, wire.session(session, self.world.clock.now())

    def update_session(self, call: Call, caller: Caller) -> Reply:
        """Take jobs, or take no more and close when the last has ended."""
        session = self.world.platform.session(caller.account, caller.instance, call.path["id"])
        self.world.platform.set_accepting(session, call.body["accepting_jobs"])
        return 204, None

    def delete_session_close(self, call: Call, caller: Caller) -> Reply:
        """Close now; what is queued fails."""
        session = self.world.platform.session(caller.account, caller.instance, call.path["id"])
        self.world.platform.close_session(session)
        return 204, None
