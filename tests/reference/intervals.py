"""Records corrected t-intervals of paired differences, by SciPy.

    python intervals.py
"""

import numpy as np
from record import versions, write
from scipy import stats

random = np.random.default_rng(1)
cases = []
for splits in (3, 5, 10, 30):
    for together in (1, 4, 14):
        for test_by_train in (0.0, 1 / 3):
            differences = 0.02 + 0.05 * random.standard_normal(splits)
            mean, variance = differences.mean(), differences.var(ddof=1)
            student = stats.t.ppf(1 - 0.05 / together / 2, splits - 1)
            half = student * np.sqrt((1 / splits + test_by_train) * variance)
            cases.append(
                {
                    "differences": differences.tolist(),
                    "testByTrain": test_by_train,
                    "together": together,
                    "mean": mean,
                    "low": mean - half,
                    "high": mean + half,
                }
            )
write("corrected_interval.json", {"versions": versions("numpy", "scipy")}, cases=cases)
