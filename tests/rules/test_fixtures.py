"""Every fixture yields exactly what its markers say; a good fixture yields nothing at all."""

from __future__ import annotations

import pytest

from rnnlint.finding import Finding
from tests.rules.support import Fixture, Marker, discover, findings_in, place_of

ALL_FIXTURES = discover()


@pytest.mark.parametrize("fixture", ALL_FIXTURES, ids=lambda fixture: fixture.name)
def test_findings_match_the_markers(fixture: Fixture) -> None:
    problems = list(disagreements(fixture.markers, findings_in([fixture.path], fixture.code)))
    assert not problems, "\n".join([fixture.name, *problems])


@pytest.mark.parametrize("fixture", ALL_FIXTURES, ids=lambda fixture: fixture.name)
def test_a_fixture_is_marked_as_its_name_says(fixture: Fixture) -> None:
    codes = {marker.code for marker in fixture.markers}
    if fixture.is_bad:
        assert fixture.code in codes, f"{fixture.name} has no marker for its own rule"
    else:
        assert not codes, f"{fixture.name} is a good fixture and expects {codes}"


def disagreements(markers: frozenset[Marker], findings: tuple[Finding, ...]) -> list[str]:
    """A line for each marker without a finding, each finding without a marker, each wrong severity."""
    expected = {(marker.place, marker.code): marker for marker in markers}
    reported = {(place_of(finding), finding.code): finding for finding in findings}
    missing = [f"  missing     {place} {code}" for place, code in sorted(expected.keys() - reported.keys())]
    unexpected = [
        f"  unexpected  {place} {code} {reported[place, code].severity.value}: {reported[place, code].message}"
        for place, code in sorted(reported.keys() - expected.keys())
    ]
    severities = []
    for place, code in sorted(expected.keys() & reported.keys()):
        wanted = expected[place, code].wanted_severity
        given = reported[place, code].severity.value
        if wanted != given:
            severities.append(f"  severity    {place} {code}: {given}, not {wanted}")
    spans = [(finding.code, finding.span) for finding in findings]
    twice = [f"  twice       {code} at {span}" for code, span in set(spans) if spans.count((code, span)) > 1]
    return [*missing, *unexpected, *severities, *twice]
