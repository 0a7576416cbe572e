"""What the recording scripts share: quiet, single-threaded frameworks and a JSON file with one case on each line.

Import this module before TensorFlow, JAX, PyTorch or Keras: it sets the environment variables that they read at import.
"""

import json
import os
import platform
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent

QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
os.environ.update(QUIET)

DISTRIBUTIONS = {"tensorflow": "tensorflow-cpu", "sklearn": "scikit-learn"}


def versions(*names):
    """The versions of Python and of the named packages, as an object for the JSON file."""
    found = {"python": platform.python_version()}
    for name in names:
        found[name] = metadata.version(DISTRIBUTIONS.get(name, name)).split("+")[0]
    return found


def write(filename, head, cases):
    """Writes `head` and then `cases`, one a line. Numbers are the shortest text that reads back as the same float64."""

    def text(value):
        return json.dumps(value, allow_nan=False, ensure_ascii=False)

    lines = [f"  {text(key)}: {text(value)}," for key, value in head.items()]
    rows = ",\n".join("    " + text(case) for case in cases)
    body = "\n".join(["{", *lines, '  "cases": [', rows, "  ]", "}"]) + "\n"
    (HERE / filename).write_text(body, encoding="utf-8")
    print(f"{filename}: {len(cases)} cases, {len(body)} bytes")
