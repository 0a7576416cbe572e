# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.1.3", "pandas==2.2.3", "rdata==1.1.0", "scikit-learn==1.5.2"]
# ///
"""Makes wdbc.csv, spambase.csv, credit.csv and digits.csv from public packages, to the byte.

    python make_data.py [--debs FOLDER] [--to FOLDER]   # the four files
    python make_data.py --facts > ../tests/data/facts.json   # what the tests compare the library with

WDBC and the digits are in the scikit-learn package. Spambase and credit_data are in Debian's r-cran-kernlab and r-cran-modeldata, which
are taken from FOLDER or else downloaded with `apt-get download` (Debian 12). The files inside them are checked
against SHA-256 sums, so that another version with the same data works as well.

Numbers: WDBC's are copied as text. The others are float64 and int32 in their packages; a number is written as the shortest
text that gives the same float64 again, and every file is read back and compared with its source. Nothing is rounded.
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import lzma
import math
import pathlib
import random
import struct
import subprocess
import tempfile
import warnings

import numpy as np
import pandas as pd
import rdata
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
R_LIBRARY = "usr/lib/R/site-library"
SOURCES = {
    "breast_cancer.csv": "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
    "digits.csv.gz": "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    "spam.rda": "09281b38bc7b064f63616d9056091f924f59e38aa9fd07dd3bc1af0cba9613d3",
    "Rdata.rdx": "c23e1be60f2730fb526ce158a307e154c91a953169fcb8e73350c4e032e14538",
    "Rdata.rdb": "2ecef5e8da0f782ae4e3f65d928fe769702accffd8981cc358a3097f6736f58f",
}
"""SHA-256 of the files inside the packages."""
LABELS = {"wdbc": "malignant", "spambase": "spam", "credit": "bad", "digits": "digit"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_source(path):
    """The bytes of a file of a package, if they are those that the data were made from."""
    data = path.read_bytes()
    if sha256(data) != SOURCES[path.name]:
        raise SystemExit(f"{path.name} holds other data than these files were made from: sha256 {sha256(data)}")
    return data


def unpack(package, debs, to):
    """Unpacks a Debian package into the folder `to`."""
    found = sorted(pathlib.Path(debs).glob(f"{package}_*.deb")) if debs else []
    if not found:
        subprocess.run(["apt-get", "download", package], cwd=to, check=True, stdout=subprocess.DEVNULL)
        found = sorted(to.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", found[-1], to], check=True)
    return to / R_LIBRARY


def number(value):
    """The shortest text that gives the same float64 again; nothing for a missing value."""
    if math.isnan(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def parse_r(data):
    """The value of a serialised R object."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Unknown file type: assumed RDS")
        return rdata.conversion.convert(rdata.parser.parse_data(data))


def lazy_value(folder, name):
    """One object of an R package's lazy-load database (R-ints, "Lazy loading"): an index of [offset, length]."""
    index = parse_r(read_source(folder / "Rdata.rdx"))
    offset, length = (int(n) for n in index["variables"][name])
    chunk = read_source(folder / "Rdata.rdb")[offset : offset + length]
    size, kind = struct.unpack(">Ic", chunk[:5])
    assert kind == b"Z"  # raw LZMA2, as R writes it
    data = lzma.decompress(chunk[5:], format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}])
    assert len(data) == size
    return parse_r(data)


SCIKIT_LEARN = pathlib.Path(sklearn.datasets.__file__).parent / "data"


def wdbc():
    """The text of scikit-learn's file; its class 0 is malignant, which is 1 here."""
    rows = list(csv.reader(io.StringIO(read_source(SCIKIT_LEARN / "breast_cancer.csv").decode())))
    assert rows[0] == ["569", "30", "malignant", "benign"]
    header = [*load_breast_cancer().feature_names, "malignant"]
    table = [[*row[:-1], {"0": "1", "1": "0"}[row[-1]]] for row in rows[1:]]
    expected = load_breast_cancer()
    return header, table, np.column_stack([expected.data, 1 - expected.target])


def digits():
    """scikit-learn's images of digits, 8 by 8 pixels of 0 to 16; the label is the digit."""
    values = np.loadtxt(io.BytesIO(gzip.decompress(read_source(SCIKIT_LEARN / "digits.csv.gz"))), delimiter=",")
    expected = load_digits()
    assert np.array_equal(values, np.column_stack([expected.data, expected.target]))
    return [*expected.feature_names, "digit"], [[number(value) for value in row] for row in values], values


CHARACTERS = dict(Semicolon=";", Roundbracket="(", Squarebracket="[", Exclamation="!", Dollar="$", Hash="#")
CAPITALS = dict(capitalAve="average", capitalLong="longest", capitalTotal="total")


def spambase_name(name):
    """UCI's name of a column, from kernlab's."""
    if name in CAPITALS:
        return f"capital_run_length_{CAPITALS[name]}"
    if name.startswith("char"):
        return f"char_freq_{CHARACTERS[name.removeprefix('char')]}"
    return f"word_freq_{name.removeprefix('num')}"


def spambase(library):
    """kernlab's `spam` with UCI's column names; its class spam is 1."""
    frame = parse_r(read_source(library / "kernlab/data/spam.rda"))["spam"]
    assert list(frame.columns)[-1] == "type" and set(frame["type"]) == {"spam", "nonspam"}
    values = np.column_stack([frame.iloc[:, :-1].to_numpy(dtype=float), (frame["type"] == "spam").to_numpy(dtype=float)])
    header = [*map(spambase_name, frame.columns[:-1]), "spam"]
    return header, [[number(value) for value in row] for row in values], values


def credit(library):
    """modeldata's `credit_data`; its status bad is 1. Categories stay text, missing values stay empty."""
    frame = lazy_value(library / "modeldata/data", "credit_data")
    frame["bad"] = (frame.pop("Status") == "bad").astype(float)

    def text(value):
        return value if isinstance(value, str) else number(float(value))

    columns = [[text(value) if not pd.isna(value) else "" for value in frame[name]] for name in frame.columns]
    return list(frame.columns), [list(row) for row in zip(*columns)], frame.astype(object).to_numpy()


def to_csv(header, table):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).writerows([header, *table])
    text = buffer.getvalue()
    assert '"' not in text and text.isascii()
    return text.encode()


def same(read, source):
    """Whether a table that was read back holds exactly the source's values."""
    missing = pd.isna(source)
    if not np.array_equal(pd.isna(read), missing):
        return False
    kept = [
        (str(a) == str(b)) if isinstance(b, str) else (float(a) == float(b))
        for a, b in zip(read[~missing], source[~missing])
    ]
    return all(kept)


def make(debs, to):
    with tempfile.TemporaryDirectory() as folder:
        library = unpack("r-cran-kernlab", debs, pathlib.Path(folder))
        unpack("r-cran-modeldata", debs, pathlib.Path(folder))
        made = {"wdbc": wdbc(), "spambase": spambase(library), "credit": credit(library), "digits": digits()}
    for name, (header, table, source) in made.items():
        data = to_csv(header, table)
        read = pd.read_csv(io.BytesIO(data), float_precision="round_trip").astype(object).to_numpy()
        if not same(read, np.asarray(source, dtype=object)):
            raise SystemExit(f"{name}: the file does not hold what the package holds")
        path = pathlib.Path(to) / f"{name}.csv"
        path.write_bytes(data)
        print(f"{path.name}  {len(table)} rows  {len(header) - 1} features  {len(data)} bytes  sha256 {sha256(data)}")


def column_facts(values):
    """Mean and standard deviation (ddof 0) of what is there, from exact sums."""
    there = [float(value) for value in values if not math.isnan(value)]
    mean = math.fsum(there) / len(there)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in there) / len(there))
    return {"missing": len(values) - len(there), "mean": mean, "sd": deviation, "min": min(there), "max": max(there)}


def prepared_facts(frame, numeric, categorical, label):
    """What scikit-learn makes of the rows, trained on those whose number is not divisible by 3 (5 test rows recorded)."""
    train, test = frame[frame.index % 3 != 0], frame[frame.index % 3 == 0]
    standardise = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    steps = [("numeric", standardise, numeric)]
    if categorical:
        # A missing category is one more category to scikit-learn, None: it is taken out again below.
        steps.append(("categorical", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), categorical))
    transform = ColumnTransformer(steps, verbose_feature_names_out=False)
    transform.fit(train[numeric + categorical])
    x = transform.transform(test[numeric + categorical])
    names = list(transform.get_feature_names_out())
    kept = [i for i, name in enumerate(names) if not any(name in (f"{c}_nan", f"{c}_None") for c in categorical)]
    imputer, scaler = transform.named_transformers_["numeric"]
    return {
        "features": [names[i] for i in kept],
        "medians": dict(zip(numeric, imputer.statistics_.tolist())),
        "means": dict(zip(numeric, scaler.mean_.tolist())),
        "scales": dict(zip(numeric, scaler.scale_.tolist())),
        "test": {"rows": test.index[:5].tolist(), "x": x[:5, kept].tolist(), "y": test[label][:5].tolist()},
        "testSums": x[:, kept].sum(axis=0).tolist(),
    }


def dataset_facts(name):
    path = HERE / f"{name}.csv"
    frame = pd.read_csv(path, float_precision="round_trip")
    label = LABELS[name]
    features = [column for column in frame.columns if column != label]
    categorical = [column for column in features if frame[column].dtype == object]
    numeric = [column for column in features if column not in categorical]
    return {
        "sha256": sha256(path.read_bytes()),
        "rows": len(frame),
        "features": features,
        "label": label,
        "classes": frame[label].value_counts().sort_index().tolist(),
        "duplicates": int(frame.duplicated().sum()),
        "numeric": {column: column_facts(frame[column].to_numpy(dtype=float)) for column in numeric},
        "categorical": {
            column: {"missing": int(frame[column].isna().sum()), **frame[column].value_counts().sort_index().to_dict()}
            for column in categorical
        },
        "prepared": prepared_facts(frame, numeric, categorical, label),
    }


class Sfc32(random.Random):
    """sfc32 with PractRand's seeding, written apart from the library; `normalvariate` is then CPython's own."""

    def __init__(self, seed):
        self.a, self.b, self.c, self.counter = 0, seed & 0xFFFFFFFF, seed >> 32, 1
        for _ in range(12):
            self.word()

    def word(self):
        mask = 0xFFFFFFFF
        word = (self.a + self.b + self.counter) & mask
        self.counter = (self.counter + 1) & mask
        self.a = self.b ^ (self.b >> 9)
        self.b = (self.c * 9) & mask
        self.c = ((((self.c << 21) | (self.c >> 11)) & mask) + word) & mask
        return word

    def random(self):
        high, low = self.word() >> 5, self.word() >> 6
        return (high * 2**26 + low) / 2**53

    def shuffled(self, n):
        """Fisher and Yates, from the last place to the first."""
        items = list(range(n))
        for i in reversed(range(1, n)):
            j = math.floor(self.random() * (i + 1))
            items[i], items[j] = items[j], items[i]
        return items


def random_facts(seed):
    uniform, normal, shuffle = Sfc32(seed), Sfc32(seed), Sfc32(seed)
    return {
        "seed": seed,
        "uniform": [uniform.random() for _ in range(8)],
        "normal": [normal.normalvariate(0, 1) for _ in range(8)],
        "shuffle": shuffle.shuffled(12),
    }


def facts():
    found = {name: dataset_facts(name) for name in LABELS}
    versions = {"numpy": np.__version__, "pandas": pd.__version__, "scikit-learn": sklearn.__version__}
    seeds = [0, 1, 48356029, 2**53 - 1]
    return {"versions": versions, "datasets": found, "random": [random_facts(seed) for seed in seeds]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--debs", help="a folder that holds the two Debian packages")
    parser.add_argument("--to", default=HERE, help="the folder to write to (default: this one)")
    parser.add_argument("--facts", action="store_true", help="print the facts of the four files as JSON")
    args = parser.parse_args()
    if args.facts:
        print(json.dumps(facts(), indent=2))
    else:
        make(args.debs, args.to)


if __name__ == "__main__":
    main()
