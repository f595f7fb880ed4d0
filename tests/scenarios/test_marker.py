"""The marker's scenario, as a user's tests have it."""

from __future__ import annotations

import pytest


def test_a_test_asks_for_scenarios_by_its_marker(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    fault = "{kind: fail, status: 500, operation: list_backends, times: null}"
    pytester.makefile(".yaml", mine=f"faults: [{fault}]")
    pytester.makepyfile(
        """
        import pytest
        from dryshot_client import RuntimeApiError

        PARAMS = {"pubs": [["OPENQASM 3.0;"]]}
        SAMPLER = {"program": "sampler", "backend": "ibm_torino", "params": PARAMS}

        @pytest.mark.dryshot(scenario="quota exhausted")
        def test_one(dryshot, runtime):
            with pytest.raises(RuntimeApiError) as raised:
                runtime.jobs.create(**SAMPLER)
            assert raised.value.status == 409

        @pytest.mark.dryshot(scenario=["rate limited", "mine.yaml"])
        def test_several(dryshot, runtime):
            with pytest.raises(RuntimeApiError) as raised:
                runtime.backends.list()
            assert raised.value.status == 500
            assert [one.name for one in dryshot.world.trouble] == ["limit_submissions"]

        @pytest.mark.dryshot(scenario="quota exhusted")
        def test_none(dryshot):
            pass
        """
    )
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_subprocess(*plugins)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*there is no scenario 'quota exhusted'; did you mean quota-exh*"])
