"""Values that come from the surroundings instead of the arguments, followed through names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from harness.checks._cases import MISSING, literal_value
from harness.checks._topics import is_under
from harness.checks._tree import FUNCTIONS, TreeIndex

CLOCK, CHANCE, MACHINE, STATE = "the clock", "chance", "the machine or the process", "earlier calls"
_PATHS = {
    CLOCK: frozenset({
        *(f"time.{n}" for n in (
            "time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime",
            "clock_gettime", "clock_gettime_ns", "monotonic", "monotonic_ns", "perf_counter",
            "perf_counter_ns", "process_time", "process_time_ns", "thread_time",
        )),
        "email.utils.formatdate", "email.utils.localtime", "logging.makeLogRecord",
        "logging.LogRecord", "uuid.uuid1", "http.cookiejar.time2isoz",
        "os.times", "posix.times", "os.path.getmtime", "os.path.getctime", "os.path.getatime",
    }),
    CHANCE: frozenset({
        "random", "_random", "secrets", "numpy.random", "os.urandom", "os.getrandom", "uuid.uuid4",
        "ssl.RAND_bytes", "tempfile.mktemp", "tempfile._get_candidate_names",
    }),
    MACHINE: frozenset({
        *(f"os.{n}" for n in (
            "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getlogin", "getgroups",
            "cpu_count", "getcwd", "uname", "getloadavg", "sched_getaffinity", "isatty",
            "get_terminal_size", "environ", "environb", "getenv", "getpgid", "getsid", "umask",
        )),
        *(f"sys.{n}" for n in (
            "argv", "orig_argv", "modules", "flags", "path", "executable", "prefix", "stdout",
            "stdin", "stderr", "getrefcount", "getrecursionlimit", "getswitchinterval",
            "getallocatedblocks", "meta_path", "path_hooks", "warnoptions", "_xoptions",
        )),
        *(f"platform.{n}" for n in ("node", "release", "version", "platform", "uname")),
        *(f"threading.{n}" for n in (
            "active_count", "current_thread", "get_ident", "get_native_id", "enumerate",
            "main_thread",
        )),
        "socket.gethostname", "socket.getfqdn", "socket.if_nameindex", "resource", "locale",
        "getpass", "multiprocessing.cpu_count", "multiprocessing.current_process", "gc", "pwd",
        "grp", "importlib.util.find_spec", "globals", "id", "hash", "__spec__", "__loader__",
        "__cached__", "__package__",
        "__file__", "__name__",
    }),
}  # fmt: skip
_PROBES = frozenset({"os.path.exists", "os.path.isfile", "os.path.isdir", "os.stat", "os.lstat",
                     "os.listdir", "os.scandir", "os.access", "posix.stat", "open"})  # fmt: skip
_MOMENTS = frozenset({"now", "today", "utcnow"})
_STAMPS = frozenset({"st_mtime", "st_ctime", "st_atime", "st_mtime_ns", "st_ctime_ns"})
_NOW = re.compile(r"(?i)^now$|'now'|current_timestamp")
_THROUGH = frozenset({"int", "str", "float", "abs", "round", "min", "max", "sum", "len", "bool",
                      "any", "all", "list", "tuple", "sorted", "next", "repr", "ord", "bytes",
                      "calendar.timegm", "divmod", "time.mktime"})  # fmt: skip
_FILLERS = frozenset({"append", "add", "extend", "update", "pop", "popleft", "appendleft", "insert",
                      "remove", "clear", "discard", "setdefault", "popitem"})  # fmt: skip
_ORDERS = frozenset({"iter", "list", "tuple"})
"""What shows the order of a set, which the hash seed decides."""
_CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.BinOp)


class Ambient:
    """Which expressions of a module hold what its surroundings say."""

    def __init__(self, index: TreeIndex) -> None:
        self.index = index
        self.names: dict[str, str] = {}
        """Names that hold an ambient value, or functions that return one, and its kind."""
        self.made: dict[str, ast.expr] = {}
        """Module-level names bound once, with their value."""
        for statement in index.tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self.made[statement.targets[0].id] = statement.value
        self.functions = {node.name for node in index.functions()}
        self.filled = set(self._filled())
        classes = {node.name for node in index.all(ast.ClassDef)}
        self.counted = {
            ast.unparse(node.target)
            for node in index.all(ast.AugAssign)
            if isinstance(node.target, ast.Attribute)
            and getattr(node.target.value, "id", "") in classes
        }
        """Attributes of classes that are stepped: `Thing.made += 1`."""
        for _ in range(3):
            self._spread()

    def kind(self, node: ast.AST | None) -> str:
        """What the value of an expression comes from; empty where that is not the surroundings."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, "") or self._by_path(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Attribute):
            if node.attr in _STAMPS:
                return CLOCK
            owner = node.value
            if isinstance(owner, ast.Name) and owner.id in self.functions:
                return STATE if node.attr[:2] != "__" else ""
            if isinstance(owner, ast.Name) and f"{owner.id}.{node.attr}" in self.counted:
                return STATE
            return self._by_path(node) or self.kind(owner)
        if isinstance(node, ast.Subscript):
            return self.kind(node.value) or self.kind(node.slice)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.UnaryOp):
            return self.kind(node.operand)
        if isinstance(node, ast.Compare):
            return self.compared(node)
        if isinstance(node, ast.BoolOp):
            return next(filter(None, map(self.kind, node.values)), "")
        if isinstance(node, ast.IfExp):
            return self.kind(node.body) or self.kind(node.orelse)
        if isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
            return self.kind(node.elt)
        if isinstance(node, (ast.NamedExpr, ast.Await, ast.Starred, ast.FormattedValue)):
            return self.kind(node.value)
        if isinstance(node, (ast.Tuple, ast.List, ast.JoinedStr)):
            parts = node.values if isinstance(node, ast.JoinedStr) else node.elts
            return next(filter(None, map(self.kind, parts)), "")
        return ""

    def compared(self, node: ast.Compare) -> str:
        """The kind of an ambient value that is held against something fixed."""
        sides = [node.left, *node.comparators]
        kinds = [self.kind(side) for side in sides]
        others = [side for side, kind in zip(sides, kinds, strict=True) if not kind]
        if not all(self.fixed(side) for side in others):
            return ""
        if not others and (CLOCK in kinds or CHANCE in kinds):
            return ""
        if _asks_for_main(sides):
            return ""
        return next(filter(None, kinds), "")

    def fixed(self, node: ast.AST) -> bool:
        """Whether an expression is the same in every call."""
        if literal_value(node) is not MISSING:
            return True
        if isinstance(node, ast.Name):
            return node.id in self.made and node.id not in self.filled
        if isinstance(node, ast.Attribute):
            path = self.index.dotted(node)
            return bool(path) and path.split(".")[0] in self.index.imports.values()
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return all(self.fixed(part) for part in node.elts)
        if isinstance(node, ast.BinOp):
            return self.fixed(node.left) and self.fixed(node.right)
        if isinstance(node, ast.Call):
            if self.kind(node):
                return False
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            own = owner is None or self.fixed(owner) or bool(self.index.dotted(owner))
            return own and all(self.fixed(part) for part in parts)
        return False

    def _by_path(self, node: ast.expr) -> str:
        path = self.index.dotted(node)
        root = path.split(".")[0]
        if root in self.index.bound and root not in self.index.imports.values():
            return ""
        return next((kind for kind, paths in _PATHS.items() if is_under(path, paths)), "")

    def _call(self, node: ast.Call) -> str:
        func, path = node.func, self.index.dotted(node.func)
        if path in (
            "random.Random",
            "random.SystemRandom",
            "numpy.random.default_rng",
            "numpy.random.RandomState",
        ):
            # Seeded by a constant, a generator gives the same numbers for ever.
            return "" if node.args and all(self.fixed(a) for a in node.args) else CHANCE
        if any(isinstance(a, ast.Constant) and isinstance(a.value, str) and _NOW.search(a.value)
               for a in node.args):  # fmt: skip
            return CLOCK
        if path in _PROBES or path.endswith((".exists", ".is_file", ".is_dir")):
            if node.args and all(self.fixed(a) for a in node.args):
                return MACHINE
            return next(filter(None, map(self.kind, node.args)), "")
        if (
            isinstance(func, ast.Attribute)
            and func.attr in _MOMENTS
            and not path.startswith("self.")
        ):
            return CLOCK
        if path in _ORDERS and node.args and isinstance(node.args[0], ast.Set):
            return MACHINE
        state = self._state(node)
        if state:
            return state
        found = self.kind(func)
        if found:
            return found
        if path in _THROUGH or isinstance(func, ast.Lambda):
            return next(filter(None, map(self.kind, node.args)), "")
        return ""

    def _state(self, node: ast.Call) -> str:
        """What is left of earlier calls: counters, iterators and containers of the module."""
        func, args = node.func, node.args
        if isinstance(func, ast.Name) and func.id in ("next", "len") and args:
            first = args[0]
            if isinstance(first, ast.Name) and (
                first.id in self.filled or (func.id == "next" and first.id in self.made)
            ):
                return STATE
        if isinstance(func, ast.Attribute) and func.attr == "cache_info":
            return STATE
        named = func.id if isinstance(func, ast.Name) else ""
        if named == "getattr" and args and getattr(args[0], "id", "") in self.functions:
            return STATE
        owner = func.value if isinstance(func, ast.Attribute) else func
        if not args and isinstance(owner, ast.Name) and self._is_instance(self.made.get(owner.id)):
            return STATE
        if isinstance(func, ast.Attribute) and func.attr in ("pop", "popleft"):
            return STATE if isinstance(owner, ast.Name) and owner.id in self.filled else ""
        return ""

    def _is_instance(self, value: ast.expr | None) -> bool:
        """Whether a module-level value was made by calling something of the module's own."""
        own = self.functions | {node.name for node in self.index.all(ast.ClassDef)}
        return (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and (value.func.id in own)
        )

    def _operation(self, node: ast.BinOp) -> str:
        left, right = self.kind(node.left), self.kind(node.right)
        if left and right:
            # How long something took is no property of the surroundings, unless it is how long
            # ago the module was loaded.
            since = {n.id for n in ast.walk(node.right) if isinstance(n, ast.Name)}
            elapsed = isinstance(node.op, ast.Sub) and left == right == CLOCK
            return "" if elapsed and not since & self.made.keys() else left
        other = node.right if left else node.left
        return (left or right) if self.fixed(other) else ""

    def _spread(self) -> None:
        for node in self.index.all(ast.Assign):
            for target in node.targets:
                self._give(target, node.value)
        for walrus in self.index.all(ast.NamedExpr):
            self._give(walrus.target, walrus.value)
        for note in self.index.all(ast.AnnAssign):
            if note.value is not None:
                self._give(note.target, note.value)
        for answer in self.index.all(ast.Return):
            function = self.index.function_of(answer)
            kind = self.kind(answer.value)
            if kind and isinstance(function, FUNCTIONS):
                self.names.setdefault(function.name, kind)

    def _give(self, target: ast.expr, value: ast.expr) -> None:
        kind = self.kind(value)
        if kind and isinstance(value, ast.Lambda):
            return
        if kind and isinstance(target, ast.Name):
            self.names.setdefault(target.id, kind)
        if isinstance(value, ast.Lambda) and isinstance(target, ast.Name):
            inner = self.kind(value.body)
            if inner:
                self.names.setdefault(target.id, inner)

    def _filled(self) -> Iterator[str]:
        """Containers of the module, and defaults, that a function changes."""
        kept = {
            name
            for name, value in self.made.items()
            if isinstance(value, _CONTAINERS)
            or (isinstance(value, ast.Call) and self.index.dotted(value.func).rpartition(".")[2]
                in ("list", "dict", "set", "deque", "Counter", "defaultdict", "bytearray"))
        }  # fmt: skip
        for function in self.index.functions():
            spec = function.args
            both = [*spec.posonlyargs, *spec.args]
            with_default = [
                *zip(both[len(both) - len(spec.defaults) :], spec.defaults, strict=True),
                *zip(spec.kwonlyargs, spec.kw_defaults, strict=True),
            ]
            kept |= {a.arg for a, default in with_default if isinstance(default, _CONTAINERS)}
        places: list[ast.Attribute | ast.Subscript] = [
            *self.index.all(ast.Attribute),
            *self.index.all(ast.Subscript),
        ]
        for place in places:
            owner = place.value.id if isinstance(place.value, ast.Name) else ""
            if owner not in kept or self.index.function_of(place) is None:
                continue
            if isinstance(place, ast.Attribute):
                changed = place.attr in _FILLERS
            else:
                changed = not isinstance(place.ctx, ast.Load)
            if changed:
                yield owner


def _asks_for_main(sides: list[ast.expr]) -> bool:
    return any(isinstance(s, ast.Constant) and s.value == "__main__" for s in sides)
