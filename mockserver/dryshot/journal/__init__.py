"""What was asked and answered: kept in order, looked up, and asserted on."""

from dryshot.journal.exchanges import Entry, Exchange, Origin
from dryshot.journal.journal import Journal
from dryshot.journal.wanted import Wanted

__all__ = ["Entry", "Exchange", "Journal", "Origin", "Wanted"]
