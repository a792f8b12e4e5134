"""ld.fields.instants: moments in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from ld.fields import instants
from ld.terms import literal
from ld.vocabulary import XSD

NOW = datetime(2026, 2, 5, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-02-04T16:55:10Z", "2026-02-04T16:55:10Z"),
        (" 2026-02-04t16:55:10z\n", "2026-02-04T16:55:10Z"),
        ("2026-02-04T16:55:10+00:00", "2026-02-04T16:55:10Z"),
        ("2026-02-04T16:55:10.940Z", "2026-02-04T16:55:10Z"),
        ("2026-02-04T16:55Z", "2026-02-04T16:55:00Z"),
        ("2009-03-01 19:03:36 +0100", "2009-03-01T18:03:36Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("0987-01-01T00:00:00Z", "0987-01-01T00:00:00Z"),
        ("2026-02-06T12:00:00Z", "2026-02-06T12:00:00Z"),
    ],
)
def test_a_moment_is_given_in_utc_to_the_second(text: str, instant: str) -> None:
    assert instants.read(text, NOW) == instant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no date with a time"),
        ("2026-02-04", "no date with a time"),
        ("yesterday", "no date with a time"),
        ("1770224110", "no date with a time"),
        ("2026-02-04T16:55:10Z" * 10**5, "no date with a time"),
        ("2026-02-04T16:55:10", "say the zone, for example Z"),
        ("2026-02-30T16:55:10Z", "no such day"),
        ("2026-02-04T25:00:00Z", "no such day"),
        ("2026-02-04T16:55:10+99:00", "no such day"),
        ("0000-01-01T00:00:00Z", "no such day"),
        ("0001-01-01T00:00:00+14:00", "no such day"),
        ("2026-02-06T12:00:01Z", "in the future"),
        ("9999-12-31T23:59:59-14:00", "no such day"),
    ],
)
def test_anything_else_is_refused_with_a_remedy(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-02-04T16:55:10Z") as refusal:
        instants.read(text, NOW)

    assert reason in str(refusal.value)


@given(st.text(max_size=120) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]{0,20}"))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        instants.read(text, NOW)
    except ValueError:
        return


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(2026, 1, 1), timezones=zones))  # noqa: DTZ001
def test_every_moment_survives_the_triple_store(moment: datetime) -> None:
    instant = instants.read(moment.isoformat(), NOW)
    term = literal(instant, datatype=XSD + "dateTime")
    line = f"<http://example.org/s> <http://example.org/p> {term} .\n"
    store = Store()

    store.load(line.encode(), format=RdfFormat.N_TRIPLES)

    assert store.dump(format=RdfFormat.N_QUADS) == line.encode()
    assert datetime.fromisoformat(instant) == moment.replace(microsecond=0)
