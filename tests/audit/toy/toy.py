"""A framework in plain Python: lists of numbers with a gradient. The class Framework is how the audit talks to it."""
import math
import struct


class Axis:
    """A whole number that is no int, as those of NumPy that jax.vmap gives are none."""

    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


class Tensor:
    """Numbers with a shape, and what they were made from: pairs of a tensor and the slope for each number."""

    trace = None  # records the operations while one is set
    quiet = False  # an operation is recorded: its numbers are read for the recording
    kind = "float32"

    def __init__(self, numbers, shape, parents=()):
        self.numbers, self.shape, self.parents = numbers, shape, parents

    def __add__(self, other):
        return each("AddV2", self, other, lambda a, b: a + b, lambda a, b: (1, 1))

    def __sub__(self, other):
        return each("Sub", self, other, lambda a, b: a - b, lambda a, b: (1, -1))

    def __rsub__(self, other):
        return each("Sub", other, self, lambda a, b: a - b, lambda a, b: (1, -1))

    def __mul__(self, other):
        return each("Multiply", self, other, lambda a, b: a * b, lambda a, b: (b, a))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other):
        return each("RealDiv", self, other, lambda a, b: a / b if b else math.nan, lambda a, b: (1 / b, -a / b**2))

    def log(self):
        return one("Log", self, lambda a: math.log(a) if a > 0 else -math.inf if a == 0 else math.nan,
                   lambda a: 1 / a if a else math.inf)

    def round(self):
        return one("Round", self, lambda a: float(round(a)), lambda a: 0.0)

    def above(self, least):
        """A decision."""
        result = Tensor([float(a > least) for a in self.numbers], self.shape)
        result.kind = "bool"
        return self.noted("Greater", [self], result)

    def __getitem__(self, at):
        """A column of a table, or a table of some columns."""
        rows, width = self.shape
        chosen = range(width)[at[1]]
        places = [i * width + j for i in range(rows) for j in (chosen if isinstance(at[1], slice) else [chosen])]
        steps = [[(places.index(i), 1.0)] if i in places else [] for i in range(rows * width)]
        shape = [rows, len(chosen)] if isinstance(at[1], slice) else [rows]
        return Tensor.noted("Slice", [self], Tensor([self.numbers[i] for i in places], shape, [(self, steps)]))

    def mean(self):
        n = len(self.numbers)
        return self.noted("Mean", [self], Tensor([sum(self.numbers) / n], [], [(self, [[(0, 1 / n)] for _ in range(n)])]))

    def sum(self):
        n = len(self.numbers)
        return self.noted("Sum", [self], Tensor([sum(self.numbers)], [], [(self, [[(0, 1.0)] for _ in range(n)])]))

    def like(self, numbers):
        """Other numbers, of which this tensor is no part."""
        return Tensor(numbers, [len(numbers)])

    def stop_gradient(self):
        result = Tensor(list(self.numbers), self.shape)
        if Tensor.trace:
            Tensor.trace.note_read_out(self, "stop_gradient")
            Tensor.recorded("StopGradient", [self], [result], live=False)
        return result

    def fill_above(self, least, value):
        """Changes this tensor: numbers above the least become the value, and have no gradient."""
        before = Tensor(self.numbers, self.shape, self.parents)
        above = [a > least for a in self.numbers]
        self.numbers = [value if is_above else a for a, is_above in zip(self.numbers, above)]
        self.parents = [(before, [[(i, 0.0 if is_above else 1.0)] for i, is_above in enumerate(above)])]

    def item(self):
        if Tensor.trace:
            Tensor.trace.note_read_out(self, "item")
        return self.numbers[0]

    @staticmethod
    def noted(name, inputs, result):
        if Tensor.trace:
            axes = {"axis": [Axis(i) for i in range(len(inputs[0].shape))]} if name in ("Sum", "Mean") else {}
            Tensor.recorded(name, inputs, [result], axes)
        return result

    @staticmethod
    def recorded(*args, **more):
        Tensor.quiet = True
        try:
            Tensor.trace.op(*args, **more)
        finally:
            Tensor.quiet = False


def one(name, x, value, slope):
    steps = [[(i, slope(a))] for i, a in enumerate(x.numbers)]
    return Tensor.noted(name, [x], Tensor([value(a) for a in x.numbers], x.shape, [(x, steps)]))


def each(name, x, y, value, slopes):
    """An operation of two operands; a single number is spread over the numbers of the other."""
    given = [x, y]
    x, y = (t if isinstance(t, Tensor) else Tensor([float(t)], []) for t in given)
    n, long = max(len(x.numbers), len(y.numbers)), x if len(x.numbers) >= len(y.numbers) else y
    at = lambda t, i: i if len(t.numbers) > 1 or n == 1 else 0
    pairs = [(x.numbers[at(x, i)], y.numbers[at(y, i)]) for i in range(n)]
    parents = []
    for k, t in enumerate((x, y)):
        steps = [[] for _ in t.numbers]
        for i, (a, b) in enumerate(pairs):
            try:
                steps[at(t, i)].append((i, slopes(a, b)[k]))
            except ZeroDivisionError:
                steps[at(t, i)].append((i, math.nan))
        parents.append((t, steps))
    return Tensor.noted(name, given, Tensor([value(a, b) for a, b in pairs], long.shape, parents))


def gradient_of(result, of):
    """The gradient of a single number with respect to a tensor, or None if nothing leads there."""
    order, seen = [], set()

    def visit(t):
        if id(t) not in seen:
            seen.add(id(t))
            for parent, _ in t.parents:
                visit(parent)
            order.append(t)

    visit(result)
    if id(of) not in seen:
        return None
    slopes = {id(t): [0.0] * len(t.numbers) for t in order}
    slopes[id(result)] = [1.0]
    for t in reversed(order):
        for parent, steps in t.parents:
            for i, each_step in enumerate(steps):
                for j, slope in each_step:
                    slopes[id(parent)][i] += slope * slopes[id(t)][j]
    return slopes[id(of)]


class Framework:
    order, version, forms = "pred,true", "1", [None]

    def __init__(self, trace):
        self.trace = trace

    def tensors(self, true_bytes, true_shape, pred_bytes, pred_shape, form):
        new = lambda data, shape: Tensor(list(struct.unpack(f"<{len(data) // 4}f", data)), list(shape))
        return new(true_bytes, true_shape), new(pred_bytes, pred_shape)

    def numbers(self, tensor):
        return tensor.numbers

    def shape(self, tensor):
        return tensor.shape

    def needing_one_number(self, shape):
        return "the toy" if math.prod(shape) != 1 else None

    def value(self, call, y, p):
        self.given = p * 1
        return call(y, self.given)

    def gradient(self, call, y, p):
        result = call(y, p * 1)
        gradient = gradient_of(result.mean(), p) if isinstance(result, Tensor) else None
        if gradient is None:
            return result, None, "the result of the loss is not connected to the outputs"
        return result, struct.pack(f"<{len(gradient)}f", *gradient), None

    def read(self, tensor):
        if Tensor.trace and not Tensor.quiet:
            Tensor.trace.note_read_out(tensor, "numpy")  # as TensorFlow notes every reading
        return tensor.shape, tensor.kind, tensor.numbers

    def record(self, call, y, p):
        trace = Tensor.trace = self.trace(self.read, y, p)
        try:
            return trace, call(y, p), True, False
        finally:
            Tensor.trace = None
