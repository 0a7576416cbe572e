"""Answers for one loss written in Python: its value, its gradient, its operations.

Started by python_loss.ts, with the standard library and the framework of the loss; loss_server.R runs it inside R for a
loss written in R. A message is two lengths (unsigned,
32 bits, little-endian), then JSON of the first length, then float32 numbers of the second length in bytes; a reply is
the same. Requests, by their "do":

    load      file or module, name, framework and order, each null if it is to be found out
    losses    file: the names of its functions and classes that look like losses, and of the others
    check     a batch: an error if the loss does not work on it; sentences about how it is called
    value     a batch: the mean of what the loss returns
    gradient  a batch: the value, the shape of what the loss returns, the gradient in the numbers
    record    a batch: the operations, each with its inputs by what made them

The answer to a request that fails is {"error": …}. The process ends when its standard input does, also in the middle of
a call. What the loss prints goes to the standard error.
"""
import abc
import array
import ast
import copy
import functools
import importlib
import importlib.machinery
import importlib.util
import inspect
import json
import linecache
import math
import operator
import os
import queue
import re
import struct
import symtable
import sys
import threading
import types

MOST_BYTES = 1 << 28
OWN_FILES = {os.path.realpath(__file__)}  # no line of a loss
LIBRARY = os.path.dirname(os.path.realpath(os.__file__))


LOADED = {}  # modules by their file and its time
PARTS = {}  # the functions and classes of a notebook or of a file that fails, and the cells that are not Python, by the file
FAILED = {}  # the error of a file that fails while it is imported, and of which only parts are executed
MISSING = {}  # the modules that placeholders stand for, by the file that imports them
load_from_r = place_in_r = None  # functions of R, if it is R that runs this


class Refused(Exception):
    """A sentence for the caller, about the request or the loss."""


# ---- places and errors


def in_own_code(path):
    """Tells whether a file is the user's: neither this one, nor the standard library's, nor an installed package's."""
    if path.startswith("<"):
        return False
    full = os.path.realpath(path)
    return full not in OWN_FILES and not full.startswith(LIBRARY) and f"{os.sep}site-packages{os.sep}" not in full


def line_of(frames):
    """The innermost line of the user's code, "file.py:12"."""
    return next((place_text(path, number) for path, number in frames if in_own_code(path)), None)


def place_text(path, number):
    """A line of a file, or "book.ipynb, cell 7, line 2"."""
    return f"{os.path.basename(path)}{', line ' if IN_CELL.search(path) else ':'}{number}"


def frames_now():
    """The files and lines of the current calls, innermost first."""
    frame, frames = sys._getframe(1), []
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return frames


def callers_line():
    if place_in_r is None:
        return line_of(frames_now())
    place = place_in_r()
    return place and f"{place[0]}:{int(place[1])}"


def says(frames, word):
    """Tells whether the innermost line of the user's code has a word: what libraries do inside has not."""
    if place_in_r is not None:
        place = place_in_r()
        return place is not None and word in place[2]
    path, number = next(((p, n) for p, n in frames if in_own_code(p)), ("", 0))
    return word in linecache.getline(path, number)


def in_words(error):
    """An exception as one line, with the line of the user's code that raised it."""
    if isinstance(error, Refused):
        return str(error)
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.insert(0, (trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    line = line_of(frames)
    if line is None and isinstance(error, SyntaxError) and error.filename:
        line = place_text(error.filename, error.lineno)
    said = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}{': ' if said else ''}{said}{f' ({line})' if line else ''}"


# ---- numbers of a recording


def summary(numbers):
    """Finite or not, the largest absolute finite value, up to three distinct values, and the only value of a single."""
    finite, largest, levels = True, 0.0, []
    for value in numbers:
        size = abs(value)
        if not math.isfinite(size):
            finite = False
        elif size > largest:
            largest = size
        if len(levels) < 3 and value not in levels and math.isfinite(size):
            levels.append(value)
    single = numbers[0] if len(numbers) == 1 and math.isfinite(numbers[0]) else None
    return {"finite": finite, "largest": largest, "levels": sorted(levels), "single": single}


class Trace:
    """The operations of a forward pass. Tensors are known by identity and are kept while the trace lives."""

    current = None  # the one that an operation belongs to

    def __init__(self, read, y_true, y_pred):
        Trace.current = self
        self.read, self.ops, self.kept, self.read_out = read, [], [y_true, y_pred], None
        self.made = {id(y_true): "true", id(y_pred): "pred"}
        self.reading = False
        self.read_decision = False  # what was read out is no number of the outputs, but what is chosen by them
        self.apart = {}  # operations on neither labels nor outputs, by the identity of what they made

    def maker(self, tensor):
        return self.made.get(id(tensor))

    def depends(self, maker):
        """Tells whether a tensor was made from the outputs."""
        if maker is None or maker == "true":
            return False
        return maker == "pred" or self.ops[maker]["fromPred"]

    def same(self, tensor, other):
        """Notes that a tensor is another one under a new name."""
        self.kept.append(tensor)
        if id(other) in self.made:
            self.made[id(tensor)] = self.made[id(other)]

    def note_read_out(self, tensor, how, line=None):
        if self.reading or not (self.read_out is None or self.read_decision):
            return
        if self.depends(self.maker(tensor)):
            self.reading = True  # which is no reading of the loss
            try:
                decides = self.read(tensor)[1] != "float32"
            finally:
                self.reading = False
            if self.read_out is None or not decides:
                self.read_out, self.read_decision = {"op": how, "line": line or callers_line()}, decides

    def described(self, item):
        """A tensor or number among the inputs. A number is a tensor of no dimensions."""
        if isinstance(item, (bool, int, float)):
            return {"madeBy": None, "shape": [], "dtype": "float32", **summary([float(item)])}
        shape, dtype, numbers = self.read(item)
        return {"madeBy": self.maker(item), "shape": shape, "dtype": dtype, **summary(numbers)}

    def clipped(self, name, inputs, outputs):
        """Turns a maximum and a minimum with constants, one after the other, into a clip."""
        told = [self.described(i) for i in inputs]
        values = [t["single"] for t in told if t["madeBy"] is None]
        makers = [t["madeBy"] for t in told if isinstance(t["madeBy"], int)]
        if len(values) != 1 or len(makers) != 1 or values[0] is None:
            return False
        before = self.ops[makers[0]]
        bound = [i["single"] for i in before["inputs"] if i["madeBy"] is None]
        if {before["op"], name} != {"Maximum", "Minimum"} or len(bound) != 1 or bound[0] is None:
            return False
        shape, _, numbers = self.read(outputs[0])
        low, high = (bound[0], values[0]) if name == "Minimum" else (values[0], bound[0])
        before.update(op="ClipByValue", attrs={"clipValueMin": low, "clipValueMax": high},
                      inputs=[i for i in before["inputs"] if i["madeBy"] is not None],
                      outputs=[{"shape": shape, **summary(numbers)}])
        self.kept.append(outputs[0])
        self.made[id(outputs[0])] = makers[0]
        return True

    def op(self, name, inputs, outputs, attrs=None, live=True, line=None):
        """Records an operation after it has run."""
        if name in ("Maximum", "Minimum") and self.clipped(name, inputs, outputs):
            return
        makers = [self.maker(i) for i in inputs]
        told = [self.described(i) for i in inputs]
        written = []
        for output in outputs:
            self.kept.append(output)
            shape, _, numbers = self.read(output)
            written.append({"shape": shape, **summary(numbers)})
            if any(m is not None for m in makers):
                self.made[id(output)] = len(self.ops)
            else:
                self.made.pop(id(output), None)
        self.kept.extend(inputs)
        if all(m is None for m in makers):
            for output in outputs:
                self.apart[id(output)] = {"op": name, "line": line or callers_line()}
            return
        self.ops.append({
            "op": name, "inputs": told, "outputs": written, "attrs": attrs or {}, "differentiable": live,
            "line": line or callers_line(), "fromPred": any(self.depends(m) for m in makers),
        })


def plain_result(result):
    """Refuses what is no number; the numbers and the shape of a Python or NumPy value, or None for a tensor."""
    if result is None:
        raise Refused("it returns None: is a return missing?")
    if isinstance(result, (tuple, list, dict)):
        raise Refused(f"it returns a {type(result).__name__} of {len(result)}: return the loss alone")
    if callable(result) and not hasattr(result, "shape"):
        raise Refused("it returns a function: audit what it returns, with (…) after the name")
    if isinstance(result, (str, bytes)):
        raise Refused(f"it returns a {type(result).__name__}")
    if isinstance(result, (bool, int, float)):
        return [float(result)], []
    if type(result).__module__ == "numpy":
        import numpy
        return [float(v) for v in numpy.asarray(result).ravel()], list(numpy.shape(result))
    return None


def mean(numbers):
    if len(numbers) == 0:
        raise Refused("it returns a tensor without numbers")
    return sum(numbers) / len(numbers)


# ---- frameworks: tensors in, numbers out


class Torch:
    """PyTorch: TorchDispatchMode sees every operation below autograd, TorchFunctionMode how numbers are read out."""

    order = "pred,true"

    def __init__(self):
        import torch
        self.torch = torch
        self.version = torch.__version__
        self.forms = [None, "squeezed int64", "int64", "float64"]
        torch.set_num_threads(1)
        # PyTorch imports hundreds of modules for its first recording: here, no limit of a call counts these seconds
        self.record(squared_error, *self.tensors(bytes(4), [1], bytes(4), [1], None))
        Trace.current = None

    def tensors(self, true_bytes, true_shape, pred_bytes, pred_shape, form):
        torch = self.torch
        new = lambda data, shape: torch.frombuffer(bytearray(data), dtype=torch.float32).reshape(shape)
        y, p = new(true_bytes, true_shape), new(pred_bytes, pred_shape)
        if form == "squeezed int64":
            y = y.squeeze(-1).long() if y.dim() > 1 and y.shape[-1] == 1 else y.argmax(-1)
        elif form == "int64":
            y = y.long()
        elif form == "float64":
            y, p = y.double(), p.double()
        return y, p.requires_grad_(True)

    def image(self, tensor, shape):
        """An image of PyTorch has its channels before its pixels."""
        if tensor.dim() == 1:
            return tensor.reshape(1, *shape)
        made = tensor.reshape(1, *shape, tensor.shape[1]).movedim(-1, 1)
        if Trace.current is not None:
            Trace.current.same(made, tensor)
        return made

    def on_cpu(self):
        """From now on, what is asked of a GPU is done by the CPU."""
        torch = self.torch
        from torch.overrides import TorchFunctionMode
        for name in [n for n in dir(torch.cuda) if n.endswith("Tensor") and hasattr(torch, n)]:
            setattr(torch.cuda, name, getattr(torch, name))

        def here(value):
            text = str(value) if isinstance(value, (str, torch.device)) else ""
            return text.replace("torch.cuda.", "torch.") if text.startswith("torch.cuda.") else (
                "cpu" if text.split(":")[0] == "cuda" else value)

        class OnCpu(TorchFunctionMode):
            def __torch_function__(self, func, types, args=(), kwargs=None):
                if getattr(func, "__name__", "") == "cuda":
                    return args[0]
                return func(*map(here, args), **{k: here(v) for k, v in (kwargs or {}).items()})

        OnCpu().__enter__()

    def numbers(self, tensor):
        if not isinstance(tensor, self.torch.Tensor):
            raise Refused(f"it returns {type(tensor).__name__}, not a tensor")
        if tensor.is_complex():
            raise Refused("it returns complex numbers")
        return tensor.detach().double().reshape(-1).tolist()

    def shape(self, tensor):
        return list(tensor.shape)

    def needing_one_number(self, shape):
        """Name the function that cannot train on a result of this shape, if there is one."""
        return "PyTorch's backward()" if math.prod(shape) != 1 else None

    def value(self, call, y, p):
        with self.torch.no_grad():
            self.given = p * 1
            return call(y, self.given)

    def gradient(self, call, y, p):
        with self.torch.enable_grad():  # a loss that raised may have left it off
            result = call(y, p * 1)  # outputs of a model are no leaves either
        if plain_result(result) is not None or not result.requires_grad:
            return result, None, "the result of the loss is not connected to the outputs"
        gradient, = self.torch.autograd.grad(result.mean(), p, allow_unused=True)
        if gradient is None:
            return result, None, "the result of the loss is not connected to the outputs"
        return result, gradient.to(self.torch.float32).contiguous().numpy().tobytes(), None

    def read(self, tensor):
        torch = self.torch
        kind = "bool" if tensor.dtype == torch.bool else "float32" if tensor.is_floating_point() else "int32"
        return list(tensor.shape), kind, tensor.detach().double().reshape(-1).tolist()

    def record(self, call, y, p):
        torch = self.torch
        from torch._decomp import get_decompositions
        from torch.overrides import TorchFunctionMode
        from torch.utils._python_dispatch import TorchDispatchMode
        aten = torch.ops.aten
        whole = [getattr(aten, name) for name in (
            "binary_cross_entropy binary_cross_entropy_with_logits mse_loss smooth_l1_loss huber_loss nll_loss_forward "
            "nll_loss2d_forward soft_margin_loss std var norm linalg_vector_norm logsumexp addcmul addcdiv lerp "
            "multi_margin_loss multilabel_margin_loss_forward").split() if hasattr(aten, name)]
        parts, outer = get_decompositions(whole), self

        @torch.enable_grad()
        def forward():
            q = p * 1
            trace = Trace(lambda t: outer.read(t), y, q)
            state = {"detaching": False, "quiet": False}

            class Functions(TorchFunctionMode):
                def __torch_function__(self, func, types, args=(), kwargs=None):
                    name = getattr(func, "__name__", "")
                    owner = str(getattr(func, "__self__", ""))
                    how = "data" if name == "__get__" and "'data'" in owner else name
                    takes = how in ("detach", "detach_", "data", "item", "tolist", "numpy", "__array__", "__float__")
                    if takes and args and isinstance(args[0], torch.Tensor):
                        trace.note_read_out(args[0], how.strip("_"))
                    before, state["detaching"] = state["detaching"], takes or state["detaching"]
                    try:
                        return func(*args, **(kwargs or {}))
                    finally:
                        state["detaching"] = before

            class Operations(TorchDispatchMode):
                def __torch_dispatch__(self, func, types, args=(), kwargs=None):
                    kwargs = kwargs or {}
                    if func in parts and not state["quiet"]:
                        with self:
                            return parts[func](*args, **kwargs)
                    result = func(*args, **kwargs)
                    if state["quiet"]:
                        return result
                    state["quiet"] = True
                    try:
                        record_aten(torch, trace, func, args, kwargs, result, state["detaching"])
                    finally:
                        state["quiet"] = False
                    return result

            with Functions(), Operations():
                result = call(y, q)
            return trace, result

        trace, result = forward()
        tensor = isinstance(result, torch.Tensor)
        return trace, result, tensor and result.requires_grad, tensor and has_own_gradient(result.grad_fn)


def has_own_gradient(node):
    """Tells whether a torch.autograd.Function took part."""
    seen, left = set(), [node]
    while left:
        one = left.pop()
        if one is None or one in seen:
            continue
        seen.add(one)
        if hasattr(type(one), "_forward_cls"):
            return True
        left.extend(following for following, _ in one.next_functions)
    return False


ATEN = {
    "mul": "Multiply", "div": "RealDiv", "true_divide": "RealDiv", "add": "AddV2", "sub": "Sub", "rsub": "Sub",
    "neg": "Neg", "log": "Log", "log2": "Log", "log10": "Log", "log1p": "Log1p", "exp": "Exp", "expm1": "Expm1",
    "sqrt": "Sqrt", "rsqrt": "Rsqrt", "reciprocal": "Reciprocal", "pow": "Pow", "square": "Square", "abs": "Abs",
    "sign": "Sign", "sgn": "Sign", "round": "Round", "floor": "Floor", "ceil": "Ceil", "trunc": "Floor",
    "gt": "Greater", "ge": "GreaterEqual", "lt": "Less", "le": "LessEqual", "eq": "Equal", "ne": "NotEqual",
    "logical_and": "LogicalAnd", "logical_or": "LogicalOr", "logical_not": "LogicalNot", "bitwise_not": "LogicalNot",
    "bitwise_and": "LogicalAnd", "bitwise_or": "LogicalOr", "isnan": "IsNan", "isinf": "IsInf",
    "where": "Select", "masked_fill": "Select", "clamp": "ClipByValue", "clamp_min": "Maximum", "clamp_max": "Minimum",
    "hardtanh": "ClipByValue", "maximum": "Maximum", "minimum": "Minimum", "relu": "Relu", "leaky_relu": "LeakyRelu",
    "sigmoid": "Sigmoid", "log_sigmoid_forward": "Softplus", "log_sigmoid": "Softplus", "softplus": "Softplus",
    "tanh": "Tanh", "erf": "Erf",
    "_softmax": "Softmax", "_log_softmax": "LogSoftmax", "sum": "Sum", "mean": "Mean", "prod": "Prod", "amax": "Max",
    "max": "Max", "amin": "Min", "min": "Min", "argmax": "ArgMax", "argmin": "ArgMin", "topk": "TopK", "sort": "Sort",
    "argsort": "TopK", "view": "Reshape", "reshape": "Reshape", "_unsafe_view": "Reshape", "unsqueeze": "ExpandDims",
    "squeeze": "Reshape", "expand": "BroadcastTo", "repeat": "Tile", "t": "Transpose", "transpose": "Transpose",
    "permute": "Transpose", "slice": "Slice", "select": "Slice", "split": "Slice", "unbind": "Slice", "index": "Slice",
    "gather": "GatherV2", "cat": "Concat", "stack": "Pack", "mm": "MatMul", "bmm": "BatchMatMul", "dot": "MatMul",
    "addmm": "MatMul", "cumsum": "Cumsum", "cumprod": "Cumprod", "clone": "Identity", "one_hot": "OneHot",
    "_to_copy": "Cast", "to": "Cast", "floor_divide": "FloorDiv", "atan": "Atan", "atan2": "Atan2", "cos": "Cos",
    "sin": "Sin", "bucketize": "Floor",
}


def record_aten(torch, trace, func, args, kwargs, result, detaching):
    """Records one operation of PyTorch by the name that it has in TensorFlow.js."""
    own = func.__name__.split(".")[0]
    in_place = own.endswith("_") and not own.endswith("__")
    own = own.rstrip("_") if in_place else own
    outputs = [t for t in (result if isinstance(result, (tuple, list)) else [result]) if isinstance(t, torch.Tensor)]
    if own in ("detach", "alias", "lift_fresh") and outputs:
        if not detaching:
            return trace.same(outputs[0], args[0])
        return trace.op("StopGradient", [args[0]], outputs, live=False)
    if own.endswith("_like") or own.startswith("new_"):
        return trace.op(own, [], outputs)  # of the input, only the shape is used
    if own == "_local_scalar_dense":
        return trace.note_read_out(args[0], "item")
    name = ATEN.get(own, own)
    if own == "where" or own == "masked_fill":
        given = list(args)
    elif own == "index":
        given = [args[0]]
    else:
        given = [i for a in args for i in (a if isinstance(a, (list, tuple)) else [a])]
    with_numbers = name in ("Multiply", "RealDiv", "AddV2", "Sub", "Pow", "Maximum", "Minimum", "Select") or own in (
        "gt", "ge", "lt", "le", "eq", "ne")
    inputs = [i for i in given if isinstance(i, torch.Tensor) or (with_numbers and isinstance(i, (int, float)))]
    attrs = {}
    if own == "rsub":
        inputs.reverse()
    if own == "masked_fill":
        inputs = [inputs[1], inputs[0], *inputs[2:]]
    if name == "Pow" and len(inputs) == 2 and isinstance(inputs[1], (int, float)) and inputs[1] == 2:
        name, inputs = "Square", inputs[:1]
    if name in ("Sum", "Mean", "Max", "Min", "Softmax", "LogSoftmax", "Cumsum", "ArgMax", "Cumprod", "Prod"):
        axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
        axes = list(range(args[0].dim())) if axis is None or axis == [] else axis if isinstance(axis, list) else [axis]
        axes = [a + args[0].dim() if a < 0 else a for a in axes if isinstance(a, int)]
        attrs["axis"] = axes[0] if name.startswith("Cum") else axes
    if name in ("Max", "Min", "TopK", "Sort") and len(outputs) == 2:
        trace.op("ArgMax", [inputs[0]], outputs[1:], attrs, live=False)
        outputs = outputs[:1]
        name = "Max" if name in ("TopK", "Sort") else name
    if name == "ClipByValue":
        low, high = [*args[1:], *([None] * 2)][:2]
        low, high = kwargs.get("min", low), kwargs.get("max", high)
        if low is None or high is None:
            name, inputs = ("Minimum", [args[0], high]) if low is None else ("Maximum", [args[0], low])
        bounds = [trace.described(bound) for bound in (low, high) if bound is not None]
        if len(bounds) == 2 and all(b["madeBy"] is None and b["single"] is not None for b in bounds):
            attrs.update(clipValueMin=bounds[0]["single"], clipValueMax=bounds[1]["single"])
            inputs = [args[0]]
    if name == "Cast" or own == "_to_copy":
        kind = trace.read(outputs[0])[1]
        attrs["dtype"] = kind
    live = in_place or torch.is_grad_enabled() or not outputs or not outputs[0].is_floating_point()
    if not live and not name.startswith("Slice"):
        for i in inputs:
            if isinstance(i, torch.Tensor) and i.requires_grad:
                trace.note_read_out(i, "no_grad")
    trace.op(name, inputs, outputs, attrs, live=live)


class TensorFlow:
    """TensorFlow and Keras on it: the callbacks of eager operations have nearly the names of TensorFlow.js."""

    order, by_position = "true,pred", True  # model.compile calls a loss so
    names = {"Mul": "Multiply", "SelectV2": "Select", "Select": "Select", "Log1p": "Log1p", "DivNoNan": "DivNoNan",
             "Relu": "Relu", "Pack": "Pack", "ConcatV2": "Concat", "Neg": "Neg", "Inv": "Reciprocal"}

    def __init__(self):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf
        self.tf, self.version = tf, tf.__version__
        self.forms = [None, "int32", "squeezed int32", "float64"]
        tf.config.run_functions_eagerly(True)

    def tensors(self, true_bytes, true_shape, pred_bytes, pred_shape, form):
        import numpy
        y = numpy.frombuffer(true_bytes, numpy.float32).reshape(true_shape)
        p = numpy.frombuffer(pred_bytes, numpy.float32).reshape(pred_shape)
        if form == "squeezed int32":
            y = y[..., 0] if y.ndim > 1 and y.shape[-1] == 1 else y
        if form and form.endswith("int32"):
            y = y.astype(numpy.int32)
        if form == "float64":
            y, p = y.astype(numpy.float64), p.astype(numpy.float64)
        return self.tf.constant(y), self.tf.constant(p)

    def image(self, tensor, shape):
        return self.tf.reshape(tensor, [1, *shape, *tensor.shape[1:]])

    def numbers(self, tensor):
        tensor = self.tf.convert_to_tensor(tensor)
        if tensor.dtype.is_complex:
            raise Refused("it returns complex numbers")
        return [float(v) for v in tensor.numpy().ravel()]

    def shape(self, tensor):
        return list(tensor.shape)

    def value(self, call, y, p):
        return call(y, p)

    def gradient(self, call, y, p):
        tf = self.tf
        with tf.GradientTape() as tape:
            tape.watch(p)
            result = call(y, p)
            if plain_result(result) is not None or not result.dtype.is_floating:
                return result, None, "the result of the loss is not connected to the outputs"
            total = tf.reduce_mean(result)
        gradient = tape.gradient(total, p)
        if gradient is None:
            return result, None, "no gradient is provided for the outputs"
        return result, tf.cast(tf.convert_to_tensor(gradient), tf.float32).numpy().tobytes(), None

    def read(self, tensor):
        dtype = tensor.dtype
        kind = "bool" if dtype.is_bool else "float32" if dtype.is_floating else "int32"
        numbers = [float(v) for v in tensor.numpy().ravel()] if dtype.is_floating or dtype.is_integer or dtype.is_bool else []
        return list(tensor.shape), kind, numbers

    def record(self, call, y, p):
        from tensorflow.python.framework import op_callbacks, ops
        trace, quiet = Trace(self.read, y, p), [False]

        def seen(op_type, inputs, attrs, outputs, op_name=None, graph=None):
            if graph is not None or quiet[0]:
                return None
            quiet[0] = True
            try:
                record_tensorflow(self, trace, in_text(op_type), list(inputs), list(outputs))
            finally:
                quiet[0] = False
            return None

        eager, kept = ops.EagerTensor, {}

        def watched(name):
            plain = getattr(eager, name)

            def read(tensor, *rest, **options):
                if not quiet[0]:
                    trace.note_read_out(tensor, name.strip("_"))
                return plain(tensor, *rest, **options)
            return plain, read

        for name in ("numpy", "__array__", "__float__"):
            kept[name], read = watched(name)
            setattr(eager, name, read)
        op_callbacks.add_op_callback(seen)
        try:
            result = call(y, p)
        finally:
            op_callbacks.remove_op_callback(seen)
            for name, plain in kept.items():
                setattr(eager, name, plain)
        return trace, result, True, False


def in_text(name):
    """The name of an operation: TensorFlow gives those that its own Python code runs, a reshape for one, as bytes."""
    return name.decode() if isinstance(name, bytes) else name


def record_tensorflow(framework, trace, op_type, inputs, outputs):
    tf = framework.tf
    tensors = [i for i in inputs if isinstance(i, tf.Tensor) and i.dtype != tf.string]
    outputs = [o for o in outputs if isinstance(o, tf.Tensor) and o.dtype not in (tf.string, tf.resource)]
    name = TensorFlow.names.get(op_type, op_type)
    told = {}
    if name in ("Sum", "Mean", "Max", "Min", "Prod", "Cumsum", "Cumprod", "ArgMax") and len(tensors) == 2:
        rank = len(tensors[0].shape)
        axes = [int(a) + rank if a < 0 else int(a) for a in tensors[1].numpy().ravel()]
        told["axis"] = axes[0] if name.startswith(("Cum", "Arg")) else axes
        tensors = tensors[:1]
    if name in ("Reshape", "Transpose", "Slice", "StridedSlice", "ExpandDims", "BroadcastTo", "Tile", "GatherV2"):
        tensors = tensors[:2] if name == "GatherV2" else tensors[:1]
    if name == "ClipByValue":
        told.update(clipValueMin=float(tensors[1]), clipValueMax=float(tensors[2]))
        tensors = tensors[:1]
    if name == "Cast":
        told["dtype"] = framework.read(outputs[0])[1]
    if name == "Pow" and tensors[1].shape.rank == 0 and float(tensors[1]) == 2:
        name, tensors = "Square", tensors[:1]
    if name in ("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"):
        logits, labels = tensors  # one operation; the rules know its parts
        trace.op("LogSoftmax", [logits], [outputs[1]], {"axis": [1]})
        return trace.op("Multiply" if name.startswith("Soft") else "GatherV2", [labels, outputs[1]], [outputs[0]])
    if name in ("StopGradient", "PreventGradient") and tensors:
        if not says(frames_now(), "stop_gradient"):
            return trace.same(outputs[0], tensors[0])
        trace.note_read_out(tensors[0], "stop_gradient")
    if name in ("Shape", "Size", "Rank", "ZerosLike", "OnesLike", "Assert", "Fill", "Range", "Const"):
        tensors = []
    trace.op(name, tensors, outputs, told, live=name not in ("StopGradient", "PreventGradient"))


def lambda_of(call):
    return lambda y, p: call(y, p)


class Jax:
    """JAX: make_jaxpr gives the operations and their lines, which are evaluated one by one."""

    order = "pred,true"
    names = {
        "mul": "Multiply", "div": "RealDiv", "add": "AddV2", "add_any": "AddV2", "sub": "Sub", "neg": "Neg",
        "log": "Log", "log1p": "Log1p", "exp": "Exp", "exp2": "Exp", "expm1": "Expm1", "sqrt": "Sqrt",
        "rsqrt": "Rsqrt", "pow": "Pow", "square": "Square", "abs": "Abs", "sign": "Sign", "round": "Round",
        "floor": "Floor", "ceil": "Ceil", "gt": "Greater", "ge": "GreaterEqual", "lt": "Less", "le": "LessEqual",
        "eq": "Equal", "ne": "NotEqual", "and": "LogicalAnd", "or": "LogicalOr", "not": "LogicalNot",
        "is_finite": "IsFinite", "select_n": "Select", "clamp": "ClipByValue", "max": "Maximum", "min": "Minimum",
        "logistic": "Sigmoid", "tanh": "Tanh", "erf": "Erf", "reduce_sum": "Sum", "reduce_max": "Max",
        "reduce_min": "Min", "reduce_prod": "Prod", "argmax": "ArgMax", "argmin": "ArgMin", "reshape": "Reshape",
        "squeeze": "Reshape", "expand_dims": "ExpandDims", "broadcast_in_dim": "BroadcastTo",
        "transpose": "Transpose", "slice": "Slice", "dynamic_slice": "Slice", "gather": "GatherV2",
        "concatenate": "Concat", "dot_general": "MatMul", "convert_element_type": "Cast", "cumsum": "Cumsum",
        "cumprod": "Cumprod", "copy": "Identity", "stop_gradient": "StopGradient", "atan2": "Atan2", "sort": "Sort",
        "top_k": "TopK", "integer_pow": "Pow",
    }

    def __init__(self):
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax
        import numpy
        self.jax, self.numpy, self.version, self.kept = jax, numpy, jax.__version__, {}
        self.forms = [None, "squeezed int32", "int32"]

    def tensors(self, true_bytes, true_shape, pred_bytes, pred_shape, form):
        numpy = self.numpy
        y = numpy.frombuffer(true_bytes, numpy.float32).reshape(true_shape)
        p = numpy.frombuffer(pred_bytes, numpy.float32).reshape(pred_shape)
        if form == "squeezed int32":
            y = y[..., 0] if y.ndim > 1 and y.shape[-1] == 1 else y.argmax(-1)
        if form is not None:
            y = y.astype(numpy.int32)
        return self.jax.numpy.asarray(y), self.jax.numpy.asarray(p)

    def image(self, tensor, shape):
        return tensor.reshape([1, *shape, *tensor.shape[1:]])

    def numbers(self, tensor):
        return [float(v) for v in self.numpy.asarray(tensor).ravel()]

    def shape(self, tensor):
        return list(tensor.shape)

    def needing_one_number(self, shape):
        return "jax.grad" if shape != [] else None

    def compiled(self, call, make):
        """A function of a loss, compiled once; JAX is slow operation by operation."""
        key = call, make.__name__
        if key not in self.kept:
            self.kept[key] = self.jax.jit(make(call))
        return self.kept[key]

    def value(self, call, y, p):
        try:
            return self.compiled(call, lambda_of)(y, p)
        except Exception:
            return call(y, p)  # what is compiled may not read numbers, nor return None

    def gradient(self, call, y, p):
        jnp = self.jax.numpy

        def gradient_of(call):
            def total(outputs, labels):
                result = call(labels, outputs)
                if plain_result(result) is not None:
                    raise Refused("the result of the loss is not connected to the outputs")
                return jnp.mean(jnp.asarray(result, dtype="float32")), result
            return self.jax.grad(total, has_aux=True)

        try:
            gradient, result = self.compiled(call, gradient_of)(p, y)
        except (self.jax.errors.ConcretizationTypeError, self.jax.errors.TracerArrayConversionError, Refused) as error:
            return call(y, p), None, in_words(error)
        return result, self.numpy.asarray(gradient, self.numpy.float32).tobytes(), None

    def read(self, tensor):
        array = self.numpy.asarray(tensor)
        kind = "bool" if array.dtype == bool else "float32" if array.dtype.kind == "f" else "int32"
        return list(array.shape), kind, [float(v) for v in array.ravel()] if array.dtype.kind in "fiub" else []

    def record(self, call, y, p):
        jax = self.jax
        trace, own = Trace(self.read, y, p), [False]
        try:
            closed = jax.make_jaxpr(lambda a, b: call(a, b))(y, p)
        except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError) as error:
            frames, step = [], error.__traceback__
            while step is not None:
                frames.insert(0, (step.tb_frame.f_code.co_filename, step.tb_lineno))
                step = step.tb_next
            trace.read_out = {"op": "float", "line": line_of(frames)}
            return trace, call(y, p), False, False
        except TypeError as error:
            if "not a valid JAX type" not in str(error):
                raise
            return trace, call(y, p), False, False
        outputs = self.run(trace, closed.jaxpr, closed.consts, [y, p], own, None)
        return trace, outputs[0], True, own[0]

    def frames(self, equation):
        from jax._src import source_info_util
        return [(f.file_name, f.start_line) for f in source_info_util.user_frames(equation.source_info.traceback)]

    def run(self, trace, jaxpr, consts, arguments, own, outer):
        from jax.extend.core import Literal
        known = dict(zip(jaxpr.constvars, consts))
        known.update(zip(jaxpr.invars, arguments))
        value = lambda v: self.jax.numpy.asarray(v.val) if isinstance(v, Literal) else known[v]
        for equation in jaxpr.eqns:
            primitive, given = equation.primitive, [value(v) for v in equation.invars]
            line = line_of(self.frames(equation)) or outer
            inner = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
            loop = primitive.name in ("scan", "while", "cond")
            if inner is not None and equation.params.get("name") == "softplus":
                results = [self.jax.nn.softplus(*given)]
                trace.op("Softplus", given, results, line=line)
            elif inner is not None and not loop:
                own[0] = own[0] or primitive.name.startswith("custom_vjp") and line is not None and self.is_own(equation)
                open_jaxpr = getattr(inner, "jaxpr", inner)
                results = self.run(trace, open_jaxpr, getattr(inner, "consts", []), given, own, line)
            else:
                bound = primitive.get_bind_params(equation.params)
                functions, bound = bound if isinstance(bound, tuple) else ((), bound)
                results = primitive.bind(*functions, *given, **bound)
                results = list(results) if primitive.multiple_results else [results]
                self.note(trace, equation, given, results, line)
            known.update(zip(equation.outvars, results))
        return [value(v) for v in jaxpr.outvars]

    def is_own(self, equation):
        """Tells whether a custom gradient is the user's and not of jax itself."""
        name = str(equation.params.get("fwd_jaxpr_thunk", "")) + str(equation.params.get("name", ""))
        return "jax" not in name

    def note(self, trace, equation, given, results, line):
        primitive, params = equation.primitive.name, equation.params
        name, attrs = self.names.get(primitive, primitive), {}
        rank = given[0].ndim if given and hasattr(given[0], "ndim") else 0
        if name in ("Sum", "Max", "Min", "Prod", "ArgMax"):
            attrs["axis"] = list(params["axes"])
        if name in ("Cumsum", "Cumprod"):
            attrs["axis"] = params["axis"]
        if primitive == "integer_pow" and params["y"] == 2:
            name = "Square"
        if primitive == "broadcast_in_dim" and self.numpy.size(results[0]) == self.numpy.size(given[0]):
            name = "Reshape"
        if name == "Cast":
            attrs["dtype"] = trace.read(results[0])[1]
        if name == "ClipByValue":
            attrs.update(clipValueMin=float(given[0].min()), clipValueMax=float(given[2].max()))
            given = [given[1]]
        if name == "StopGradient":
            if not says(self.frames(equation), "stop_gradient"):
                return trace.same(results[0], given[0])
            trace.note_read_out(given[0], "stop_gradient", line)
        divided = name == "RealDiv" and trace.ops and given[1].size == 1 and trace.maker(given[1]) is None
        last = trace.maker(given[0]) if divided else None
        if isinstance(last, int) and trace.ops[last]["op"] == "Sum":
            summed = trace.ops[last]
            count = math.prod(summed["inputs"][0]["shape"]) / max(1, math.prod(summed["outputs"][0]["shape"]))
            if float(self.numpy.ravel(given[1])[0]) == count:  # jnp.mean is a sum and a division
                shape, _, numbers = trace.read(results[0])
                summed.update(op="Mean", outputs=[{"shape": shape, **summary(numbers)}])
                return trace.same(results[0], given[0])
        trace.op(name, given, results, attrs, live=name != "StopGradient", line=line)


FRAMEWORKS = {"torch": Torch, "tensorflow": TensorFlow, "jax": Jax}


def keras_backend():
    """The framework that Keras computes with."""
    import keras
    name = keras.backend.backend()
    if name not in FRAMEWORKS:
        raise Refused(f"Keras uses the backend '{name}': set KERAS_BACKEND to tensorflow, torch or jax")
    return name


ROOTS = {"torch": "torch", "torchvision": "torch", "monai": "torch", "keras": "keras", "tensorflow": "tensorflow",
         "jax": "jax", "optax": "jax", "flax": "jax", "haiku": "jax"}


def is_r(path):
    return path is not None and path.lower().endswith(".r")


def text_of(path):
    """The text of a file; of a notebook, that of its cells of Python."""
    if is_notebook(path):
        return "\n".join(ast.unparse(tree) for _, tree in cells_of(path)[0])
    with open(path, encoding="utf-8") as source:
        return source.read()


def imported(path, name=None):
    """
    The frameworks that a file imports; if they are several, those that a loss of the file uses, where its code says so. A file
    of R is searched for the names of packages and modules.
    """
    text = text_of(path)
    if is_r(path):
        packages = re.findall(r"""(?:import|library|require)\(["']?(keras3?|tensorflow|torch|jax)["']?\)""", text)
        return sorted({name.rstrip("3") for name in packages})
    tree, found = ast.parse(text, path), {}
    for node in ast.walk(tree):
        names = [(a.name, a) for a in node.names] if isinstance(node, ast.Import) else (
            [(node.module or "", a) for a in node.names] if isinstance(node, ast.ImportFrom) else [])
        found.update({a.asname or a.name.split(".")[0]: ROOTS[n.split(".")[0]] for n, a in names if n.split(".")[0] in ROOTS})
    used = {framework for n, framework in found.items() if n in used_by(tree, name)} if name else set()
    return sorted(used or set(found.values()))


def used_by(tree, name):
    """The names that an expression uses, and those that the functions and classes of the file use that it names."""
    defined = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    used, left = set(), [ast.parse(name.strip(), mode="eval")]
    while left:
        new = {node.id for node in ast.walk(left.pop()) if isinstance(node, ast.Name)} - used
        used |= new
        left += [defined[n] for n in new if n in defined]
    return used


def frameworks_of(path, name=None):
    """The framework that a file imports, or else what it imports does."""
    found = imported(path, name)
    if not found and not is_r(path):
        module_of(path, None, name)
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        own = [file for file in files if file and os.path.isabs(file) and file.endswith(".py") and in_own_code(file)]
        found = sorted({one for file in own for one in imported(file)})
    return found


def one_framework(found, what):
    if "tensorflow" in found and "keras" in found:
        found = [f for f in found if f != "keras"]
    if len(found) != 1:
        raise Refused(f"{what} imports {' and '.join(found) or 'no framework'}: "
                      "give the framework, torch, keras, tensorflow or jax")
    return found[0]


class Placeholder(abc.ABCMeta):
    """
    What a module that is not installed would hold. It is a class, so that it can be a base; only loading may call it. As a
    decorator it leaves what it is given as it is.
    """

    loading = True

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(name, (), {"_missing": cls._missing})

    def __call__(cls, *given, **__):
        if Placeholder.loading:
            decorated = given[0] if len(given) == 1 else None
            if inspect.isfunction(decorated) or inspect.isclass(decorated) and type(decorated) is not Placeholder:
                return decorated
            return Placeholder(cls.__name__, (), {"_missing": cls._missing})
        raise Refused(no_module(ModuleNotFoundError(f"No module named '{cls._missing}'"), callers_line()))


class PlaceholderModule(types.ModuleType):
    __version__ = "99.0.0"  # files ask whether it is new enough

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(name, (), {"_missing": self.__name__})


class Finder:
    """
    Finds what is imported and found nowhere else: modules in the folders above the file, as its project begins in one of
    them, and placeholders for modules whose absence ended an attempt to load the file.
    """

    def __init__(self, path):
        above = os.path.dirname(os.path.realpath(path))
        self.folders, self.missing = [], set()
        while os.path.dirname(above) != above and len(self.folders) < MOST_FOLDERS:
            self.folders.append(above)
            if any(os.path.exists(os.path.join(above, name)) for name in (".git", "setup.py", "pyproject.toml")):
                break
            above = os.path.dirname(above)

    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(one + ".") for one in self.missing):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return importlib.machinery.PathFinder.find_spec(name, self.folders) if path is None else None

    def create_module(self, spec):
        return PlaceholderModule(spec.name)

    def exec_module(self, module):
        pass


MOST_FOLDERS = 6


def loaded_from(path, name, run=None, loss=None):
    """
    A module from a file, which is run once for all of its losses; of a notebook, and of a file that fails while it is imported,
    only what a loss needs is run. No compiled copy of it is left.
    """
    real = os.path.realpath(path)
    in_parts = is_notebook(path) or real in FAILED
    version = real, os.stat(path).st_mtime_ns, loss if in_parts else None
    if version not in LOADED:
        try:
            LOADED[version] = run(path, name) if run else run_with_placeholders(path, name, loss, in_parts)
        except (Exception, SystemExit) as error:
            if run or in_parts:
                raise
            FAILED[real] = error
            try:
                return loaded_from(path, name, loss=loss)
            except (Exception, SystemExit):
                del FAILED[real]
                raise error from None
    return LOADED[version]


def run_with_placeholders(path, name, loss=None, in_parts=False):
    """
    Runs a file. A module that it imports and that is not installed gets a placeholder, as most losses use few of the imports
    of their file, and so does a name that an installed package has no more; where one is needed to load the file, the first
    error stays.
    """
    finder, first, names = Finder(path), None, set()
    sys.meta_path.append(finder)
    Placeholder.loading = True
    try:
        while True:
            try:
                module = run_parts(path, name, loss) if in_parts else run_file(path, name)
                MISSING[os.path.realpath(path)] = sorted(finder.missing | names)
                return module
            except ModuleNotFoundError as error:
                first = first or error
                if error.name in (None, *finder.missing, *FRAMEWORKS, "keras"):
                    raise first
                finder.missing.add(error.name)
            except Exception as error:
                first = first or error
                module, name_of_package = absent_name(error)
                if module is None or f"{module.__name__}.{name_of_package}" in names:
                    raise first
                missing = f"{module.__name__}.{name_of_package}"
                names.add(missing)
                setattr(module, name_of_package, Placeholder(name_of_package, (), {"_missing": missing}))
    finally:
        Placeholder.loading = False


def absent_name(error):
    """The module of an installed package and the name that it does not have, if an error says so; else None, twice."""
    said = re.match(r"cannot import name '(\w+)' from '([\w.]+)'|module '([\w.]+)' has no attribute '(\w+)'", str(error))
    if said is None or not isinstance(error, (ImportError, AttributeError)):
        return None, None
    module = sys.modules.get(said[2] or said[3])
    installed = re.search(r"[\\/](site|dist)-packages[\\/]", getattr(module, "__file__", None) or "")
    return (module, said[1] or said[4]) if installed else (None, None)


IN_CELL = re.compile(r"\.ipynb, cell \d+$")  # the name of a cell as a file


def is_notebook(path):
    return path is not None and path.lower().endswith(".ipynb")


def cells_of(path):
    """The code cells of a notebook, as names of files and trees, and the numbers of those that are not Python."""
    with open(path, encoding="utf-8") as source:
        try:
            book = json.load(source)
            cells = book["cells"] if "cells" in book else [c for sheet in book["worksheets"] for c in sheet["cells"]]
            texts = {i: "".join(c["source"] if "source" in c else c["input"]) for i, c in enumerate(cells, 1)
                     if c["cell_type"] == "code"}
            kernel = book.get("metadata", {})
            language = kernel.get("language_info", {}).get("name") or kernel.get("kernelspec", {}).get("language", "python")
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Refused(f"{os.path.basename(path)} is not a Jupyter notebook") from None
    if language.lower() not in ("python", "ipython"):
        book = os.path.basename(path)
        hint = (f"run deno task audit '{book}#NAME'" if language.lower() in ("typescript", "javascript")
                else f"save it as a file of {language}")
        raise Refused(f"{book} is a notebook of {language}, not of Python: {hint}")
    trees, others = [], []
    for number, text in texts.items():
        place, tree = f"{path}, cell {number}", tree_of(text)
        linecache.cache[place] = len(text), None, text.splitlines(True), place
        if tree is None:
            others.append(number)
        else:
            trees.append((place, tree))
    return trees, others


MAGIC = re.compile(r"([ \t]*)(?:([\w, \t]+=[ \t]*)[%!]|[%!?]|[\w.]+\?\??[ \t]*$)")


def tree_of(text):
    """The tree of a cell without its magics and commands of the shell; None if it is not Python."""
    lines = text.split("\n")
    if re.match(r"\s*%%(?!time|capture|prun)", text):
        return None
    while True:
        try:
            return ast.parse("\n".join(lines))
        except SyntaxError as error:
            at = end = min(error.lineno or 1, len(lines)) - 1
            magic = MAGIC.match(lines[at])
            if magic is None:
                return None
            while lines[end].endswith("\\") and end + 1 < len(lines):  # a command may go on in the next line
                end += 1
            lines[at:end + 1] = [f"{magic[1]}{magic[2]}None" if magic[2] else f"{magic[1]}pass", *[""] * (end - at)]


def names_of(statement):
    """The names that a statement gives a value to, those that it changes a part of, and the global ones that it uses."""
    top = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
    given, changed = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}, set()
    for node in ast.walk(statement) if not isinstance(statement, DEFINITION) else ():
        if is_change(node):
            node = node.value.func if isinstance(node, ast.Expr) else node
            while isinstance(node, (ast.Attribute, ast.Subscript)):
                node = node.value
            if isinstance(node, ast.Name):
                changed.add(node.id)
    used, tables = {s.get_name() for s in top.get_symbols() if s.is_referenced()}, top.get_children()
    while tables:
        table = tables.pop()
        used |= {s.get_name() for s in table.get_symbols() if s.is_global()}
        tables += table.get_children()
    return given, changed, used


READERS = re.compile("fit|train|eval|predict|summary|save|plot|show|head|tail|describe|info|hist|to_|display|close|print")


def is_change(node):
    """Tells whether a node gives a value to a part of something, or is a call of a method for its own sake: weights.append(1)."""
    if isinstance(node, ast.Expr):
        method = node.value.func if isinstance(node.value, ast.Call) else None
        return isinstance(method, ast.Attribute) and READERS.match(method.attr) is None
    return isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load)


DEFINITION = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef


def head_of(definition):
    """A definition without its body."""
    head = copy.copy(definition)
    head.body = [ast.Pass()]
    return head


def run_parts(path, name, loss):
    """
    Runs what a loss needs of a notebook or a file: the statements that give values to the names that it uses, and to the names
    that these use, in their order. A function or a class is what defines it, and no number of its name in a loop that trains.
    Without a loss, what the heads of all functions and classes need. The rest, which reads data and trains, is not run.
    """
    cells, others = cells_of(path) if is_notebook(path) else ([(path, ast.parse(text_of(path), path))], [])
    nodes = [(place, node) for place, tree in cells for node in tree.body]
    definitions = [node for _, node in nodes if isinstance(node, DEFINITION)]
    defined, names = {d.name for d in definitions}, [names_of(node) for _, node in nodes]
    gives = [given | changed if isinstance(node, DEFINITION) else given - defined | changed
             for (_, node), (given, changed, _) in zip(nodes, names)]
    asked = [ast.parse(loss.strip(), mode="eval").body] if loss is not None else map(head_of, definitions)
    needed = set().union(*(names_of(one)[2] for one in asked))
    chosen = {i for i, (_, node) in enumerate(nodes)
              if loss is None and node in definitions or ast.unparse(node).endswith("import *")}
    while added := {i for i, given in enumerate(gives) if given & needed} - chosen:
        chosen |= added
        needed = needed.union(*(names[i][2] for i in added))
    module = sys.modules[name] = types.ModuleType(name) if is_notebook(path) else module_for(path, name)[0]
    module.__file__ = path
    PARTS[path] = list(dict.fromkeys(d.name for d in definitions)), others
    for place, node in map(nodes.__getitem__, sorted(chosen)):
        try:
            exec(compile(ast.Module([node], []), place, "exec"), vars(module))
        except NameError:
            if loss is not None:
                raise
    return module


def run_file(path, name):
    module, loader = module_for(path, name)
    loader.exec_module(module)
    return module


def module_for(path, name):
    """A module of a file that has not run, and what runs it; the packages that it is in have run."""
    folder = os.path.dirname(os.path.realpath(path))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    parents = packages_of(path)
    for i, one in enumerate(parents):
        package = ".".join(os.path.basename(p) for p in parents[:i + 1])
        if package not in sys.modules:
            run_package(package, one)
    if parents:
        name = ".".join([*map(os.path.basename, parents), os.path.splitext(os.path.basename(path))[0]])
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    return module, spec.loader


def packages_of(path):
    """The folders of the packages that a file is in, outermost first: as many as its relative imports name, or have an __init__."""
    tree = ast.parse(text_of(path), path)
    levels = max((node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), default=0)
    own = {a.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    own |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    folders, folder = [], os.path.dirname(os.path.realpath(path))
    while os.path.exists(os.path.join(folder, "__init__.py")) or len(folders) < levels:
        folders.insert(0, folder)
        folder = os.path.dirname(folder)
    inside = levels > 0 or own & set(map(os.path.basename, folders))
    return folders if inside and not any("." in os.path.basename(f) for f in folders) else []


def run_package(name, folder):
    """Runs the __init__ of a package; one that fails by itself is left out, as the loss may not need it."""
    init = os.path.join(folder, "__init__.py")
    bare = importlib.machinery.ModuleSpec(name, None, is_package=True)
    bare.submodule_search_locations.append(folder)
    for spec in [importlib.util.spec_from_file_location(name, init)] * os.path.exists(init) + [bare]:
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            if spec.loader is not None:
                spec.loader.exec_module(module)
            return
        except ModuleNotFoundError:
            del sys.modules[name]
            raise
        except Exception as error:
            print(f"{name}: {in_words(error)}", file=sys.stderr)


OTHER_PYTHON = "give a Python that has it, --python PYTHON"


def no_module(error, line=None):
    return f"{in_words(error)}{f' ({line})' if line else ''}; this is {sys.executable}: {OTHER_PYTHON}"


def module_of(path, module, loss=None):
    """The module of a file, of a notebook what a loss needs; or one that is installed."""
    try:
        sys.argv = [path or sys.argv[0]]  # what reads arguments finds none
        return loaded_from(path, "roundabout_loss", loss=loss) if path else importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise Refused(no_module(error)) from None
    except SystemExit as error:
        raise Refused(f"{in_words(error)}: the file ends Python while it is imported; put what reads arguments or trains "
                      'below if __name__ == "__main__":') from None


def bound(place, name, loss):
    """The method that `Class.method` names, of an instance made without arguments, or of one that is not made."""
    own, _, method = name.rpartition(".")
    owner = vars(place).get(own)
    if not (inspect.isfunction(loss) and inspect.isclass(owner)):
        return loss
    if isinstance(inspect.getattr_static(owner, method), staticmethod):
        return loss
    try:
        self = owner()
    except Exception:
        self = owner.__new__(owner)  # its methods may do without what the constructor needs
    return getattr(self, method)


def named_in(place, name):
    """The loss that an expression names in a module."""
    try:
        loss = eval(compile(name, "<name>", "eval"), vars(place))
    except (NameError, AttributeError) as error:
        raise Refused(f"{in_words(error)}; it {names_text(place)}") from None
    loss = bound(place, name, loss)
    if inspect.isclass(loss):
        try:
            loss = loss()
        except TypeError as error:
            hint = f"; give its arguments, {name}(…)" if "missing" in str(error) else ""
            raise Refused(in_words(error) + hint) from None
    if not callable(loss):
        raise Refused(f"'{name}' must be a function or a class, it is {type(loss).__name__}")
    return loss


def names_in(place):
    """The functions and classes that a module, or its notebook, defines itself, and those that it has."""
    if getattr(place, "__file__", None) in PARTS:
        own, _ = PARTS[place.__file__]
        return own, own
    names = [n for n, v in vars(place).items() if callable(v) and not n.startswith("_")]
    return [n for n in names if getattr(vars(place)[n], "__module__", None) == place.__name__], names


def names_text(place):
    own, names = names_in(place)  # a package may only pass on what its files define
    others = ", ".join(map(str, PARTS.get(getattr(place, "__file__", None), ((), ()))[1]))
    failed = FAILED.get(os.path.realpath(getattr(place, "__file__", None) or ""))
    rest = f"; not Python: cell {others}" if others else f"; the file fails: {in_words(failed)}" if failed is not None else ""
    return (f"defines {', '.join(own)}" if own else f"has {', '.join(names)}" if names else "has no function") + rest


def is_like_a_loss(name, value):
    """
    Tells whether a function or a class looks like a loss. A class is called a loss, or its base is; a function takes labels
    and outputs by their names, or it is called a loss and takes two arguments, or the outputs alone. A function of settings,
    which makes a loss, does none of this.
    """
    called = [name, *(base.__name__ for base in getattr(value, "__mro__", ()))]
    is_called = any(re.search(r"loss|criterion|entropy|nll", one.lower()) for one in called)
    if inspect.isclass(value):
        return is_called
    names = parameters_of(value)
    if not names or len(names[0]) > 2 or not names[1]:
        return False
    takes_both = len(names[1]) > 1 and order_named(*names[1][:2]) is not None
    return takes_both or is_called and (len(names[0]) == 2 or OUTPUT.search(names[1][0].lower()) is not None)


def loaded_from_r(path, name):
    """A loss of a file of R, as a function of Python with the parameters of the R function."""
    if load_from_r is None:
        raise Refused(f"{os.path.basename(path)} is a file of R, which Python alone does not run")
    made = load_from_r(path, name)
    call, required = made["loss"], list(made["required"])

    def loss(*inputs):
        return call(*inputs)
    single, rest = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL
    names = [(n, n.replace(".", "_")) for n in made["names"] if n != "..."]  # y.true is a usual name in R
    loss.__signature__ = inspect.Signature([
        *[inspect.Parameter(own, single, default=inspect.Parameter.empty if n in required else None)
          for n, own in names if own.isidentifier()],
        *[inspect.Parameter("rest", rest) for n in made["names"] if n == "..."]])
    return loss


def own_framework(path):
    """A framework of the caller's own: a Python file with a class Framework, which has the methods of Torch."""
    OWN_FILES.add(os.path.realpath(path))
    module = loaded_from(path, "roundabout_framework", run_file)
    return module.Framework(Trace)


def version_of(name, framework):
    if name != "keras":
        return framework.version
    import keras
    return f"{keras.__version__} on {keras.backend.backend()} {framework.version}"


def parameters_of(loss):
    """The names of the parameters that must be given, and of all, "*" for any number; None if they cannot be told."""
    forward = getattr(loss, "forward", None) or getattr(loss, "call", None) or loss
    try:
        passed = [p for p in inspect.signature(forward).parameters.values()
                  if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    except (TypeError, ValueError):
        return None
    named = [p for p in passed if p.kind != p.VAR_POSITIONAL]
    return [p.name for p in named if p.default is p.empty], [p.name for p in named] + ["*"] * (len(passed) > len(named))


OUTPUT = re.compile(r"pred|out|logit|embed|input|prob|score|y_?hat|estimat|recon|^p$|^x$|^yp$|^z$")
LABEL = re.compile(r"true|target|label|gt|truth|mask|actual|expected|^y$|^t$|^yt$")


def order_named(first, second):
    """The order that the names of two parameters tell, or None."""
    first, second = first.lower(), second.lower()
    if OUTPUT.search(first) and LABEL.search(second) and not LABEL.search(first):
        return "pred,true"
    return "true,pred" if LABEL.search(first) and not LABEL.search(second) else None


def order_of(loss, framework, habit, by_position):
    """The order of the arguments, sentences about it, and the first parameter if its name contradicts the order."""
    names = parameters_of(loss)
    two = names[1][:2] if names is not None and len(names[1]) > 1 else None
    named = two and order_named(*two)
    if by_position:
        if named is None or (named != habit and len(two[0]) == 1):  # x and y may be anything
            return habit, ["The labels come first: model.compile passes (y_true, y_pred) by position"], None
        return habit, [], None if named == habit else two[0]
    first = "labels" if (named or habit) == "true,pred" else "outputs"
    why = f"as the parameters are named, ({', '.join(two)})" if named else f"the habit of {framework}"
    return named or habit, [f"The {first} come first, {why}"], None


def takes_more(what, names):
    return f"{what} takes {len(names)} arguments ({', '.join(names)}): write a function of labels and outputs that calls it"


def outputs_among(names):
    """The place of the outputs among more parameters than two: the only one that is named so, or else the first."""
    named = [i for i, n in enumerate(names) if OUTPUT.search(n.lower()) and not LABEL.search(n.lower())]
    return named[0] if len(named) == 1 else 0


def takes_outputs_alone(names, by_position):
    """
    Tells whether a loss can be called with nothing but the outputs. A second parameter that has a default and no name of
    labels or outputs is a setting. Where losses are called by position, it is given the outputs all the same.
    """
    if names is None or len(names[0]) > 1 or "*" in names[1] or not names[1]:
        return False
    second = names[1][1].lower() if len(names[1]) > 1 else None
    setting = second is not None and len(names[0]) == 1 and not OUTPUT.search(second) and not LABEL.search(second)
    return second is None or setting and not by_position


def outputs_alone(names, by_position):
    """The sentence about such a call."""
    compiled = "; model.compile passes labels and outputs" if by_position else ""
    return f"The loss is called with the outputs alone, as the parameters are named, ({', '.join(names[1])}){compiled}"


def line_of_definition(loss):
    """The line of the user's code that defines a loss, if there is one."""
    forward = getattr(loss, "forward", None) or getattr(loss, "call", None) or loss
    code = getattr(forward, "__code__", None)
    return code and line_of([(code.co_filename, code.co_firstlineno)])


def pixels(rows, dimensions):
    """The shape of an image with as many pixels, as square as it goes."""
    height = max(h for h in range(1, math.isqrt(rows) + 1) if rows % h == 0)
    return [height, rows // height, *[1] * (dimensions - 2)]


def squared_error(y, p):
    return (p - y) ** 2


def made_by(loss, name):
    """What a function of settings makes, if all have defaults, and the sentence about it; any other loss as it is."""
    names = parameters_of(loss)
    if not inspect.isfunction(loss) or names is None or names[0] or any(map(OUTPUT.search, map(str.lower, names[1]))):
        return loss, []
    try:
        made = loss()
    except Exception:
        return loss, []
    is_loss = callable(made) and not hasattr(made, "shape")
    return (made, [f"{name}() makes the loss, with the settings that it has by default"]) if is_loss else (loss, [])


def missing_told(path):
    """The sentence about the modules that a file imports and that are not installed."""
    real = path and os.path.realpath(path)
    missing, failed = MISSING.get(real, []), FAILED.get(real)
    told = [f"Not installed, and not called by the loss: {', '.join(missing)}"] if missing else []
    if failed is not None:
        told.append(f"Only what the loss needs of its file was executed, as the file fails: {in_words(failed)}")
    return told


LEGACY = {}  # functions that a framework of today has elsewhere: the sentence about them, and their names


def legacy(name, *places):
    """Takes what a module had once from other modules, each with a sentence, for losses that were written then."""
    module = module_or_none(name)
    if module is None:
        return

    def older(attribute):
        for elsewhere, told in () if attribute.startswith("__") else places:
            found = vars(module_or_none(elsewhere) or module).get(attribute)
            if found is not None:
                LEGACY.setdefault(told, set()).add(attribute)
                return found
        raise AttributeError(f"module '{name}' has no attribute '{attribute}'")
    module.__getattr__ = older


def module_or_none(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def legacy_modules(frameworks):
    """
    Losses written for Keras 2 call functions of keras which Keras 3 keeps in tf.keras alone, or those of tf.keras in keras alone,
    and losses written for TensorFlow 1 functions that TensorFlow 2 keeps in tf.compat.v1.
    """
    of_tf = "keras._tf_keras.keras"
    if "keras" in frameworks:
        for part in ("backend", "losses", "metrics"):
            told = f"Keras 3 has not these functions of keras.{part}, which tf.keras.{part} keeps"
            legacy(f"keras.{part}", (f"{of_tf}.{part}", told))
    if "tensorflow" in frameworks and "tensorflow" in sys.modules:
        of_version_1 = "TensorFlow 2 has not these functions, which tf.compat.v1 keeps"
        legacy("tensorflow", ("tensorflow.compat.v1", of_version_1))
        for tf_keras in (of_tf, "tensorflow.keras"):  # what tf.keras has, and what is imported from it
            for part, more in ("losses", [("tensorflow.compat.v1.losses", of_version_1)]), ("metrics", []):
                told = f"tf.keras.{part} has not these functions now, which keras.{part} keeps"
                legacy(f"{tf_keras}.{part}", (f"keras.{part}", told), *more)


def legacy_reduction(error):
    """
    Tells whether an error is for the reduction 'auto', which losses pass on as the default of Keras 2, and from now on takes it
    as the mean over the batch.
    """
    losses = sys.modules.get("keras.src.losses.loss")
    if losses is None or "reduction=auto" not in str(error):
        return False
    plain = losses.standardize_reduction
    losses.standardize_reduction = lambda reduction: plain("sum_over_batch_size" if reduction == "auto" else reduction)
    LEGACY["Keras 3 has not this reduction, and takes the mean over the batch"] = {"auto"}
    return True


def legacy_told():
    return [f"{told}: {', '.join(sorted(names))}" for told, names in LEGACY.items()]


class Server:
    """The loss and what has been found out about it."""

    on_cpu = False

    def __init__(self):
        self.framework = self.loss = self.order = self.wanted = self.names = None
        self.form = None, None  # the type of the labels, and the dimensions of the image that a batch is given as
        self.images, self.columns = False, None  # the names of more arguments than two
        self.alone = self.always_alone = False  # called with the outputs alone, for these labels and for any
        self.by_position = False
        self.reference = False  # the squared error in the place of the loss, to compare times
        self.several = None  # results of a call, in words
        self.both_as_tried = self.both  # a new one for each shape that is tried

    def load(self, request):
        path, module, name = request.get("file"), request.get("module"), request["name"]
        sys.dont_write_bytecode = True
        wanted = request.get("framework")
        if wanted is None:
            wanted = one_framework(frameworks_of(path, name), os.path.basename(path)) if path else one_framework(
                [ROOTS[module.split(".")[0]]] if module.split(".")[0] in ROOTS else [], f"'{module}'")
        own = wanted.endswith(".py")
        if not own and wanted not in (*FRAMEWORKS, "keras"):
            raise Refused(f"there is no framework '{wanted}': torch, keras, tensorflow or jax")
        try:
            backend = keras_backend() if wanted == "keras" else wanted
            self.framework = own_framework(wanted) if own else FRAMEWORKS[backend]()
        except ModuleNotFoundError as error:
            raise Refused(f"{sys.executable} has no module '{error.name}': {OTHER_PYTHON}") from None
        if path and not is_r(path):
            legacy_modules([n for n in ("keras", "tensorflow") if n in sys.modules or n in imported(path)])

        def made():
            return loaded_from_r(path, name) if is_r(path) else named_in(module_of(path, module, name), name)
        try:
            loss = made()
        except Exception as error:
            if not (self.moves_to_cpu(error) or legacy_reduction(error)):
                raise
            loss = made()
        loss, factory = made_by(loss, name)
        names = parameters_of(loss)
        self.columns = names[0] if names is not None and len(names[0]) > 2 else None
        if self.columns and is_r(path):
            raise Refused(takes_more(f"'{name}'", self.columns))
        by_position = wanted == "keras" or getattr(self.framework, "by_position", False)
        habit, told = "true,pred" if by_position else self.framework.order, request.get("order")
        alone = takes_outputs_alone(names, by_position) and (told is None or len(names[1]) == 1)
        if alone:
            self.order, assumed, contrary = habit, [outputs_alone(names, by_position)], None
        else:
            self.order, assumed, contrary = (told, [], None) if told else order_of(loss, wanted, habit, by_position)
        if self.columns is not None:
            at = outputs_among(self.columns)
            others = ", ".join(n for i, n in enumerate(self.columns) if i != at)
            assumed, contrary = [f"The outputs are passed as {self.columns[at]}, the columns of the labels as {others}"], None
        self.loss, self.wanted, self.names = loss, wanted, names
        self.form, self.images = request.get("form") or (None, None), bool(request.get("images"))
        self.by_position, self.always_alone, self.alone = by_position, alone, alone or bool(request.get("alone"))
        return {
            "outputsAlone": alone,
            "framework": wanted, "version": version_of(wanted, self.framework),
            "python": ".".join(map(str, sys.version_info[:3])),
            "assumed": [*factory, *assumed, *missing_told(path)],
            "contrary": contrary and {"parameter": contrary, "line": line_of_definition(loss)},
        }

    def losses(self, request):
        path = request.get("file")
        if not isinstance(path, str) or is_r(path):
            raise Refused("name a loss, FILE#NAME")
        place = module_of(path, None)
        own, names = names_in(place)
        found = [n for n in own or names if n in vars(place) and is_like_a_loss(n, vars(place)[n])]
        if not found:
            file = os.path.basename(path)
            raise Refused(f"nothing in {file} looks like a loss, write {file}#NAME: it {names_text(place)}")
        return {"names": found, "others": [n for n in own if n not in found]}

    def as_image(self, tensor):
        """The rows as the pixels of one image, for a loss of images."""
        dimensions = self.form[1]
        if dimensions is None:
            return tensor
        shape = pixels(tensor.shape[0], dimensions)
        return self.framework.image(tensor, shape)

    def both(self, y, p):
        if self.columns is not None:
            return self.loss_alone(self.loss(*self.columns_of(y, p)))
        y, p = self.as_image(y), self.as_image(p)
        return self.loss_alone(self.loss(y, p) if self.order == "true,pred" else self.loss(p, y))

    def columns_of(self, y, p):
        """The arguments of a loss of more than two. The first of the labels has all columns that are left."""
        at, further, width = outputs_among(self.columns), len(self.columns) - 2, y.shape[1]
        ends = [width - further + i for i in range(further + 1)]
        if self.form[1] == "tables":
            passed = [y[:, end - 1:end] if i else y[:, :end] for i, end in enumerate(ends)]
        else:
            passed = [y[:, end - 1] if i or end == 1 else y[:, :end] for i, end in enumerate(ends)]
        return *passed[:at], p[:, 0] if self.form[1] == "lists" else p, *passed[at:]

    def outputs_only(self, _, p):
        return self.loss_alone(self.loss(self.as_image(p)))

    def loss_alone(self, result):
        """The first of several results, as a loss may return metrics or its terms beside it; any other result as it is."""
        if not isinstance(result, (tuple, list)) or len(result) == 0 or not hasattr(result[0], "shape"):
            return result
        self.several = f"{type(result).__name__} of {len(result)}"
        return result[0]

    @property
    def call(self):
        """The function of labels and outputs that is asked. Each has an identity, as JAX keeps what it compiles."""
        return squared_error if self.reference else self.outputs_only if self.alone else self.both_as_tried

    def batch(self, request, numbers, form="as found"):
        if self.loss is None:
            raise Refused("no loss is loaded")
        shapes = request.get("trueShape"), request.get("predShape")
        if not all(isinstance(s, list) and all(type(d) is int and d >= 0 for d in s) for s in shapes):
            raise Refused(f"trueShape and predShape must be lists of whole numbers, they are {shapes[0]} and {shapes[1]}")
        sizes = [4 * math.prod(shape) for shape in shapes]
        if sum(sizes) != len(numbers):
            raise Refused(f"{len(numbers)} bytes do not fill the shapes {shapes[0]} and {shapes[1]}")
        form = self.form[0] if form == "as found" else form
        return self.framework.tensors(numbers[:sizes[0]], shapes[0], numbers[sizes[0]:], shapes[1], form)

    def told(self, result):
        plain = plain_result(result)
        if plain is not None:
            return mean(plain[0]), plain[1]
        return mean(self.framework.numbers(result)), self.framework.shape(result)

    def check(self, request, numbers):
        """Finds the form of labels that the loss takes: float32 first, then whole numbers, then float64."""
        wanted, first, none = self.framework.forms, None, request.get("labels") == "none"
        alone = none and not self.always_alone and self.names is not None and len(self.names[0]) == 1
        self.alone = self.always_alone or alone
        shape = request.get("trueShape") or []
        if self.columns is not None and (len(shape) < 2 or shape[1] < len(self.columns) - 1):
            raise Refused(f"{takes_more('it', self.columns)}, or give as many columns of labels, --labels KIND,COLUMN")
        if self.alone or self.columns is not None:
            wanted = [f for f in wanted if f in (None, "float64")]
        elif request.get("labels") == "index":
            wanted = [f for f in wanted if f and f.startswith("squeezed")] + wanted
        last = None
        for dimensions in self.shapes_to_try(request):
            self.both_as_tried = functools.partial(self.both)
            for form in wanted:
                self.form = form, dimensions
                y, p = self.batch(request, numbers)
                before = [self.framework.read(t)[2] for t in (y, p)]
                try:
                    value, shape = self.told(self.asked("value", y, p))
                    if self.several and not self.has_gradient(request, numbers):
                        raise Refused(f"it returns a {self.several}: return the loss alone")
                    found = self.checked(y, p, before, shape, alone)
                    if self.columns is None or self.takes_all(request, numbers, value):
                        return found
                    last = last or found
                except Exception as error:
                    first = first or error
            if isinstance(first, (Refused, NameError, AttributeError, ImportError)):
                break  # which no other shape changes
        self.form, self.both_as_tried = last["form"] if last else (None, None), functools.partial(self.both)
        return last or {"error": in_words(first), "alone": self.alone}

    def has_gradient(self, request, numbers):
        _, gradient, _ = self.asked("gradient", *self.batch(request, numbers))
        return gradient is not None and any(array.array("f", gradient))

    def has_weights(self):
        """Tells whether the loss holds a matrix of weights, as one that makes the logits of the classes itself."""
        weights = getattr(self.loss, "parameters", None)
        return callable(weights) and any(len(getattr(w, "shape", [])) > 1 for w in weights())

    def shapes_to_try(self, request):
        """
        The dimensions of images; None for rows as they are. Of a loss of more than two arguments: outputs and labels as
        lists, if each has one column, as tables, or labels as lists beside the outputs as a table.
        """
        if self.columns is not None:
            alike = [request["predShape"][-1], request["trueShape"][-1]] == [1, len(self.columns) - 1]
            return [*["lists"] * alike, "tables", None]
        return [2, 3] if self.images else [None, 2, 3] if hasattr(self.framework, "image") else [None]

    def takes_all(self, request, numbers, value):
        """Tells whether the value changes with each column of the labels: in a wrong shape, a loss may compare one with itself."""
        size, width = 4 * math.prod(request["trueShape"]), request["trueShape"][1]
        for i in range(width):
            labels = array.array("f", numbers[:size])
            labels[i::width] = labels[i::width][::-1]
            if self.told(self.asked("value", *self.batch(request, labels.tobytes() + numbers[size:])))[0] == value:
                return False
        return True

    def asked(self, what, y, p):
        """Asks the framework; what a loss asks of a GPU, the CPU does, as the batches are there."""
        try:
            return getattr(self.framework, what)(self.call, y, p)
        except Exception as error:
            if not self.moves_to_cpu(error):
                raise
            return getattr(self.framework, what)(self.call, y, p)

    def moves_to_cpu(self, error):
        """Tells whether an error is for want of a GPU, and from now on does without."""
        wants = re.search(r"cuda|nvidia|same device", str(error), re.IGNORECASE)
        if not wants or self.on_cpu or not hasattr(self.framework, "on_cpu"):
            return False
        Server.on_cpu = True
        self.framework.on_cpu()
        return True

    def checked(self, y, p, before, shape, alone):
        form, dimensions = self.form
        given = getattr(self.framework, "given", p)
        changed = [n for n, t, b in zip(("y_true", "y_pred"), (y, given), before)
                   if any(a != c and a == a for a, c in zip(self.framework.read(t)[2], b))]
        needing = self.wanted != "keras" and getattr(self.framework, "needing_one_number", lambda _: None)(shape)
        image = isinstance(dimensions, int) and " × ".join(map(str, list(self.as_image(p).shape)))
        return {"form": self.form, "alone": self.alone, "changed": changed, "shape": shape,
                "needsOneNumber": needing or None, "hasWeights": self.has_weights(), "assumed": [
            *([outputs_alone(self.names, self.by_position)] if alone else []),
            *([] if form is None else [f"The labels are given as {form.replace('squeezed ', '')}"
                                       f"{', one number per row' if 'squeezed' in form else ''}"]),
            *([f"The outputs are given as an image, {image}: its pixels are the rows"] if image else []),
            *(["The loss asks for a GPU, and is computed on the CPU"] if self.on_cpu else []),
            *([f"The loss returns a {self.several}, of which the first is audited"] if self.several else []),
            *[f"The loss changes the numbers of {n}, and is given a copy" for n in changed],
            *legacy_told(),
        ]}

    def value(self, request, numbers):
        value, _ = self.told(self.asked("value", *self.batch(request, numbers)))
        return {"value": value}

    def gradient(self, request, numbers):
        self.reference = bool(request.get("reference"))
        try:
            return self.value_and_gradient(request, numbers)
        finally:
            self.reference = False

    def value_and_gradient(self, request, numbers):
        y, p = self.batch(request, numbers)
        try:
            result, gradient, missing = self.asked("gradient", y, p)
        except Exception as error:
            value, shape = self.told(self.framework.value(self.call, *self.batch(request, numbers)))
            return {"value": value, "shape": shape, "gradientError": in_words(error)}
        value, shape = self.told(result)
        if gradient is None:
            return {"value": value, "shape": shape, "gradientError": missing}
        return {"value": value, "shape": shape}, gradient

    def record(self, request, numbers):
        y, p = self.batch(request, numbers)
        try:
            trace, result, live, own = self.framework.record(self.call, y, p)
        finally:
            Trace.current = None
        tensor = plain_result(result) is None
        return {"ops": trace.ops, "readOut": trace.read_out, "result": trace.maker(result) if tensor else None,
                "live": bool(live), "customGradient": bool(own),
                "apart": trace.apart.get(id(result)) if tensor and trace.maker(result) is None else None}

    def answer(self, request, numbers):
        do = request.get("do") if isinstance(request, dict) else None
        if do in ("load", "losses"):
            return getattr(self, do)(request)
        if do in ("check", "value", "gradient", "record"):
            return getattr(self, do)(request, numbers)
        raise Refused(f"there is no request {do!r}")


# ---- messages


def read_message(stream):
    """A message, or None at the end. A message that breaks off ends the process: nothing after it can be trusted."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    lengths = struct.unpack("<II", head)
    if sum(lengths) > MOST_BYTES:
        print(f"a message of {sum(lengths)} bytes is too long", file=sys.stderr, flush=True)
        return None
    body = stream.read(sum(lengths))
    return (body[:lengths[0]], body[lengths[0]:]) if len(body) == sum(lengths) else None


def finite_json(value):
    """JSON has no NaN and no infinity: they travel as text. It takes no whole numbers but Python's own either."""
    if not isinstance(value, int) and hasattr(value, "__index__"):
        return operator.index(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {k: finite_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite_json(v) for v in value]
    return value


def main(load=None, place=None):
    global load_from_r, place_in_r
    load_from_r, place_in_r = load, place
    inward, outward = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdin, sys.stdout = open(os.devnull), sys.stderr
    requests = queue.Queue()

    def listen():
        while (message := read_message(inward)) is not None:
            requests.put(message)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    losses = {}  # the state of each loss, by the number that a request names
    while True:
        text, numbers = requests.get()
        gradient = b""
        try:
            request = json.loads(text)
            number = request.get("loss", 0) if isinstance(request, dict) else 0
            answer = losses.setdefault(int(number), Server()).answer(request, numbers)
            if isinstance(answer, tuple):
                answer, gradient = answer
            written = json.dumps(finite_json(answer), allow_nan=False).encode()
        except BaseException as error:  # sys.exit() in a loss is an answer, too
            gradient, written = b"", json.dumps({"error": in_words(error)}).encode()
        outward.write(struct.pack("<II", len(written), len(gradient)) + written + gradient)
        outward.flush()


if __name__ == "__main__":
    main()
