"""Column names whose values are large numbers in whatever unit they are measured."""

from __future__ import annotations

import re

_WORDS = frozenset(
    """
    price prices close open high low adj volume turnover sales revenue amount cost income count counts passengers
    demand load consumption production power energy mw kw kwh mwh watt watts voltage current pressure humidity temperature temp
    temperatures rainfall precipitation wind speed traffic flow vehicles visitors visits rides cases deaths pollution pm25
    pm10 co2 no2 so2 radiation population weight height distance elevation altitude ohlc vwap marketcap bitcoin btc usd
    eur balance salary age rul cycles sunspots births rentals rental inflow outflow ships tons tonnage fare fares trips bikes orders quantity qty gdp cpi depth
    level levels capacity usage kilowatts megawatts degrees visibility snow sun requests packets bytes latency ppm kelvin celsius fahrenheit dew discharge runoff
    """.split()
)
_SMALL = frozenset(
    """
    return returns change pct percent ratio rate diff delta log norm normalized scaled score probability prob label class flag
    sentiment target_class signal std zscore sin cos lag_return
    """.split()
)
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)(?!\d*$)")


def is_large(name: str) -> bool:
    """Whether a column of this name surely holds numbers far from the unit range."""
    words = {word.lower() for word in _SPLIT.split(name) if word}
    return bool(words & _WORDS) and not words & _SMALL
