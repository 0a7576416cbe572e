"""What the recording scripts share: quiet, single-threaded frameworks and a JSON file with one case on each line.

Import this module before TensorFlow, JAX, PyTorch or Keras: it sets the environment variables that they read at import.
"""

import json
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "recipes"))

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


def write(filename, head, **sections):
    """Writes `head`, then each section with one entry a line. A number is the shortest text that reads back as the same float64."""

    def text(value):
        return json.dumps(value, allow_nan=False, ensure_ascii=False)

    parts = [f"  {text(key)}: {text(value)}" for key, value in head.items()]
    for name, entries in sections.items():
        rows = ",\n".join("    " + text(entry) for entry in entries)
        parts.append(f"  {text(name)}: [\n{rows}\n  ]")
    body = "{\n" + ",\n".join(parts) + "\n}\n"
    (HERE / filename).write_text(body, encoding="utf-8")
    print(f"{filename}: {', '.join(f'{len(entries)} {name}' for name, entries in sections.items())}, {len(body)} bytes")
