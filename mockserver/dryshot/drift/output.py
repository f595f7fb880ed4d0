"""Reports as text for people, and as JSON, JUnit XML and annotations for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TextIO
from xml.etree import ElementTree as ET

from dryshot.drift.findings import Finding, Report, Verdict

__all__ = ["FORMATS", "write_report"]

_LEVELS = {
    Verdict.BREAKING: "error",
    Verdict.NON_BREAKING: "warning",
    Verdict.INFORMATIONAL: "notice",
}
_COLOURS = {
    Verdict.BREAKING: "bold red",
    Verdict.NON_BREAKING: "yellow",
    Verdict.INFORMATIONAL: "cyan",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_REMARKS = 10


def write_report(report: Report, form: str, out: TextIO) -> None:
    """Write it in one of :data:`FORMATS`."""
    FORMATS[form](report, out)


def _write_text(report: Report, out: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, highlight=False, soft_wrap=True)
    console.print(Text(_printable(f"{report.subject}: {report.checked} compared")))
    for verdict in Verdict:
        found = [finding for finding in report.findings if finding.verdict is verdict]
        if not found:
            continue
        console.print()
        console.print(Text(f"{verdict.value} ({len(found)})", style=_COLOURS[verdict]))
        for finding in found:
            more = f"  and {_more(finding)}" if len(finding.places) > 1 else ""
            console.print(Text.assemble("  ", (_printable(str(finding.place)), "bold"), more))
            console.print(
                Text.assemble(f"      {_printable(finding.text)}", (f"  {finding.rule}", "dim"))
            )
    if report.remarks:
        console.print()
        console.print(Text(f"not compared ({len(report.remarks)})", style="dim"))
        for remark in report.remarks[:_MOST_REMARKS]:
            console.print(Text(f"  {_printable(remark)}", style="dim"))
        if len(report.remarks) > _MOST_REMARKS:
            left = len(report.remarks) - _MOST_REMARKS
            console.print(Text(f"  and {left} more; --format json has all", style="dim"))
    console.print()
    console.print(Text(_summary(report), style="bold" if report.drift else "bold green"))


def _write_json(report: Report, out: TextIO) -> None:
    data = {
        "subject": report.subject,
        "drift": report.drift,
        "checked": report.checked,
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "findings": [
            {
                "rule": finding.rule,
                "class": finding.verdict.value,
                "text": finding.text,
                "places": [place._asdict() for place in finding.places],
                "source": finding.source,
            }
            for finding in report.findings
        ],
        "remarks": list(report.remarks),
    }
    out.write(json.dumps(data, indent=2) + "\n")


def _write_junit(report: Report, out: TextIO) -> None:
    count = len(report.findings)
    suite = ET.Element(
        "testsuite",
        name=_xml(report.subject),
        tests=str(count or 1),
        failures=str(count),
        errors="0",
    )
    for finding in report.findings:
        case = ET.SubElement(
            suite, "testcase", classname=finding.rule, name=_xml(str(finding.place))
        )
        failure = ET.SubElement(
            case, "failure", type=finding.verdict.value, message=_xml(finding.text)
        )
        failure.text = _xml("\n".join([finding.text, *map(str, finding.places)]))
    if not count:
        ET.SubElement(suite, "testcase", classname="drift", name=_xml(report.checked))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    out.write(declaration + ET.tostring(root, encoding="unicode") + "\n")


def _write_github(report: Report, out: TextIO) -> None:
    for finding in report.findings:
        title = f"{finding.verdict.value}: {finding.rule}"
        more = f" (and {_more(finding)})" if len(finding.places) > 1 else ""
        file = f"file={_property(report.file)}," if report.file else ""
        message = _message(f"{finding.place}{more}: {finding.text}")
        level = _LEVELS[finding.verdict]
        out.write(f"::{level} {file}title={_property(title)}::{message}\n")
    out.write(f"{_message(f'{report.subject}: {_summary(report)}')}\n")


FORMATS: Mapping[str, Callable[[Report, TextIO], None]] = {
    "text": _write_text,
    "json": _write_json,
    "junit": _write_junit,
    "github": _write_github,
}


def _more(finding: Finding) -> str:
    count = len(finding.places) - 1
    return f"{count} more place{'s' if count > 1 else ''}"


def _summary(report: Report) -> str:
    if not report.drift:
        return "No drift."
    counts = (
        f"{report.count(verdict)} {verdict.value}" for verdict in Verdict if report.count(verdict)
    )
    total = len(report.findings)
    return f"{total} difference{'s' if total > 1 else ''}: {', '.join(counts)}."


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _printable(text: str) -> str:
    """Without what could steer a terminal."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
