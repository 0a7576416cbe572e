"""Runs the Python of the project's README, its recipe and its example, with Keras on each backend: readme.json.

    python readme_keras.py
"""

import record  # first: it sets what the frameworks read at import

import os
import re
import subprocess
import sys

BACKENDS = ["tensorflow", "jax", "torch"]


def source():
    """The Python blocks of the README, as one program."""
    readme = (record.HERE.parent.parent / "README.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL))


def main():
    runs = []
    for backend in BACKENDS:
        command = [sys.executable, "-c", source()]
        result = subprocess.run(command, env={**os.environ, "KERAS_BACKEND": backend}, capture_output=True, text=True, check=True)
        runs.append({"backend": backend, "printed": result.stdout.strip().splitlines()[-1]})
    head = {"versions": record.versions("keras", "tensorflow", "jax", "torch", "numpy"), "source": source()}
    record.write("readme.json", head, runs=runs)


if __name__ == "__main__":
    main()
