"""Reads and merges confusion meters: the JSON, version 1, of `ConfusionMeter.toJSON`. Any worker can send one.

    python recipes/read_meter.py monday.json tuesday.json > both.json
"""

import json
import sys
from fractions import Fraction


def exact(terms):
    """The sum without rounding, as float64 terms that add up to it exactly, the largest first."""
    rest, found = sum((Fraction(float(term)) for term in terms), Fraction()), []  # JSON's 57350687731523070 is a float64
    while rest:
        found.append(float(rest))
        rest -= Fraction(found[-1])
    return found


def merge(meters):
    """One meter with the sums of all; the settings must be equal. A count is the sum of its terms, rounded once: `math.fsum`."""
    first, *others = meters
    settings = [{key: value for key, value in meter.items() if key != "counts"} for meter in meters]
    if first["version"] != 1 or any(one != settings[0] for one in settings):
        raise ValueError(f"the meters have different settings, or a version that is not 1: {settings}")
    lists = [meter["counts"] for meter in meters if meter["counts"] is not None]
    classes = [{key: exact([term for one in each for term in one[key]]) for key in each[0]} for each in zip(*lists, strict=True)]
    return {**first, "counts": classes or None}


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(json.dumps(merge([json.load(open(path)) for path in sys.argv[1:]])))
