"""What the documents show is run."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from dryshot import Mock

ROOT = Path(__file__).parents[1]


def blocks_of(document: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)


BLOCKS = blocks_of("README.md")
PROGRAMS = [block for block in BLOCKS if "def test_" not in block]
GUIDE = blocks_of("docs/client.md")
TESTS = [block for block in BLOCKS if "def test_" in block]
GUIDES = sorted(
    f"docs/{path.name}"
    for path in (ROOT / "docs").glob("*.md")
    if path.name not in {"client.md", "serve.md"}  # the first below, the second with the server
)
IN_PYTEST = re.compile(r"def test_|@pytest\.fixture|TestCase")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs_in_the_readme_run(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own text
    first, second = capsys.readouterr().out.splitlines()
    assert first in {"{'status': 'Running'}", "DONE", "200"}
    assert re.match(r"\{'(quasi_dists|[01]{2})': |200", second)


@pytest.mark.parametrize("code", TESTS)
def test_tests_in_the_readme_pass(code: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(code)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers")
    result.assert_outcomes(passed=code.count("def test_"))


@pytest.mark.parametrize("code", GUIDE)
def test_programs_in_the_clients_guide_run(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Mock().activate():
        exec(compile(code, "client.md", "exec"), {"__name__": "guide"})  # noqa: S102 - our own text
    assert capsys.readouterr().out


@pytest.mark.heavy
def test_tests_in_the_guides_pass(pytester: pytest.Pytester) -> None:
    tests = [code for guide in GUIDES for code in blocks_of(guide) if IN_PYTEST.search(code)]
    for number, code in enumerate(tests):
        pytester.makepyfile(**{f"test_guide_{number}": code})
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] > 5


@pytest.mark.parametrize("guide", GUIDES)
def test_programs_in_the_guides_run(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # what one block writes, a later one reads
    for code in blocks_of(guide):
        if not IN_PYTEST.search(code):
            exec(compile(code, guide, "exec"), {"__name__": "guide"})  # noqa: S102 - our own text


def test_the_world_in_the_readme_can_be_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    world = tmp_path / "world.yaml"
    world.write_text(textwrap.dedent(text))
    mock = Mock(world=world)
    assert {"my_device", "my_kyoto"} <= set(mock.world.backends)
    assert [account.api_token for account in mock.world.accounts] == ["the-first"]


def test_the_readme_has_all_kinds() -> None:
    assert len(PROGRAMS) == 3
    assert TESTS


def test_links_between_documents_lead_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
