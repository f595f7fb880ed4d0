"""The options of pytest that switch contract coverage on."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pytest

__all__ = ["add_options", "configure"]

T = TypeVar("T")


def add_options(group: pytest.OptionGroup) -> None:
    """Declare them."""
    group.addoption(
        "--dryshot-coverage",
        action="append",
        nargs="?",
        const="term",
        metavar="REPORT",
        type=_checked,
        help="measure what of the OpenAPI documents the tests exercise; REPORT is term (default), "
        "term-missing, html:DIR or json:FILE; it can be given several times",
    )
    group.addoption(
        "--dryshot-coverage-fail-under",
        action="append",
        metavar="PERCENT",
        type=_threshold,
        help="fail if less than PERCENT of the declared statuses were answered, or, as "
        "KIND:PERCENT, of operations, codes, fields, values or inputs",
    )


def configure(config: pytest.Config) -> None:
    """Start measuring, if that was asked for."""
    reports = config.getoption("--dryshot-coverage")
    thresholds = config.getoption("--dryshot-coverage-fail-under")
    if not reports and not thresholds:
        return
    from dryshot.coverage.files import Output, Threshold
    from dryshot.coverage.plugin import CoveragePlugin

    outputs = [Output.parse(text) for text in reports or ()]
    wanted = [Threshold.parse(text) for text in thresholds or ()]
    config.pluginmanager.register(CoveragePlugin(outputs, wanted), "dryshot-coverage")


def _checked(text: str) -> str:
    from dryshot.coverage.files import Output

    return _valid(text, Output.parse)


def _threshold(text: str) -> str:
    from dryshot.coverage.files import Threshold

    return _valid(text, Threshold.parse)


def _valid(text: str, parse: Callable[[str], object]) -> str:
    """The text itself, as pytest-xdist hands options on to its workers as texts."""
    try:
        parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
