"""Runs a suite with the real pytest, from memory: the code can find its text on no disk."""

from __future__ import annotations

import inspect
import linecache
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.assertion.rewrite import rewrite_asserts
from _pytest.config import _prepareconfig

if TYPE_CHECKING:
    from runners.guest.outline import Outline
    from runners.guest.report import Report, shorten
    from runners.guest.suite import FILENAME, World, reorder
    from runners.guest.wire import PeerLost
else:
    from report import Report, shorten
    from suite import FILENAME, World, reorder
    from wire import PeerLost


# What a suite does not need, or what would read or write files that the code can reach.
_LEFT_OUT = """
    cacheprovider doctest junitxml pastebin stepwise faulthandler unraisableexception
    threadexception setuponly setupplan warnings randomly
"""
_ARGS = ["-c", os.devnull, "--rootdir=/", "--noconftest", "--capture=sys", "--tb=line"]
_ARGS += [part for name in _LEFT_OUT.split() for part in ("-p", f"no:{name}")]


class _Memory(pytest.Module):
    """A test module that was loaded from text."""

    loaded: Any

    def _getobj(self) -> Any:
        return self.loaded


class Recorder:
    """Gathers what pytest reports of the current test; the last word is the runner's."""

    def __init__(self) -> None:
        self.source = ""
        self.phases: list[tuple[str, str, bool]] = []
        self.detail = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> bool | None:
        """Run asynchronous tests without a plug-in."""
        if not inspect.iscoroutinefunction(pyfuncitem.obj):
            return None
        import asyncio

        names = pyfuncitem._fixtureinfo.argnames
        asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Keep the first exception's text."""
        if call.excinfo is not None and not self.detail:
            self.detail = shorten(call.excinfo.value, self.source, FILENAME)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep a phase's outcome."""
        self.phases.append((report.when, report.outcome, hasattr(report, "wasxfail")))

    @pytest.fixture
    def tmp_path(self) -> Any:
        """A folder that the code's process can reach too, whoever it runs as."""
        path = Path(tempfile.mkdtemp(prefix="t"))
        path.chmod(0o777)
        return path

    def outcome(self) -> str:
        """What the phases of one test come to together."""
        if any(o == "failed" for when, o, _ in self.phases if when != "call"):
            return "error"
        if any(o == "failed" for _, o, _ in self.phases):
            return "failed"
        if any(o == "skipped" and expected for _, o, expected in self.phases):
            return "xfailed"
        if any(o == "skipped" for _, o, _ in self.phases):
            return "skipped"
        if any(expected for _, _, expected in self.phases):
            return "xpassed"
        whole = [when for when, o, _ in self.phases if o == "passed"]
        return "passed" if {"setup", "call", "teardown"} <= set(whole) else "error"


class Prepared:
    """A session that is open and holds no test yet; a process runs one suite with it."""

    def __init__(self) -> None:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG"):
            os.environ.pop(name, None)
        self.config: Any = _prepareconfig(list(_ARGS), [])
        self.recorder = Recorder()
        plugins = self.config.pluginmanager
        plugins.register(self.recorder, "recorder")
        self.config._do_configure()
        if plugins.has_plugin("terminalreporter"):
            plugins.unregister(name="terminalreporter")
        _open_late(plugins.get_plugin("logging-plugin"))
        self.session: Any = pytest.Session.from_config(self.config)
        self.config.hook.pytest_sessionstart(session=self.session)


def _open_late(logging: Any) -> None:
    """Let the log file be opened at its first record: no fork may hold a descriptor of ours."""
    handler = getattr(logging, "log_file_handler", None)
    if handler is not None and handler.stream is not None:
        handler.stream.close()
        handler.stream = None


_prepared: list[Prepared] = []


def prepare() -> None:
    """Open a session before the fork: with its options and plug-ins it costs more than a suite."""
    if not _prepared:
        _prepared.append(Prepared())


def take_prepared() -> Prepared:
    """The open session; a process uses it once."""
    prepare()
    return _prepared.pop()


def run_pytest(
    plan: Outline, source: str, space: dict[str, Any], payload: dict[str, Any], report: Report,
    world: World,
) -> None:  # fmt: skip
    """Collect the suite from memory, run each test under guard, record each once."""
    os.umask(0)
    prepared = take_prepared()
    config, session, recorder = prepared.config, prepared.session, prepared.recorder
    recorder.source = source
    try:
        module = _load(plan, source, space, session)
        items = _items(module, session)
    except PeerLost:
        raise
    except BaseException as error:
        report.suite_error(error)
        return
    reorder(items, int(payload.get("order_seed", 0)))
    config.hook.pytest_collection_modifyitems(session=session, config=config, items=items)
    session.items = items
    session.testscollected = len(items)
    _run(items, recorder, report, world)


def _load(plan: Outline, source: str, space: dict[str, Any], session: Any) -> Any:
    """The suite as a collector, its assertions rewritten."""
    loaded = types.ModuleType("test_solution")
    loaded.__dict__.update(space)
    sys.modules["test_solution"] = loaded
    lines = source.splitlines(keepends=True)
    linecache.cache[FILENAME] = (len(source), None, lines, FILENAME)
    rewrite_asserts(plan.tree, source.encode("utf-8", "replace"), FILENAME, session.config)
    exec(compile(plan.tree, FILENAME, "exec", dont_inherit=True), loaded.__dict__)
    collector = _Memory.from_parent(session, path=Path("/") / FILENAME)
    collector.loaded = loaded
    return collector


def _items(module: Any, session: Any) -> list[Any]:
    """Every test, in the order of the text. Raises what collecting raised."""
    from _pytest.runner import collect_one_node

    items: list[Any] = []
    todo = [module]
    while todo:
        node = todo.pop(0)
        if isinstance(node, pytest.Item):
            items.append(node)
            continue
        gathered = collect_one_node(node)
        if not gathered.passed:
            raise pytest.UsageError(f"{node.name} cannot be collected: {gathered.longrepr}"[:1500])
        todo = [*gathered.result, *todo]
    return items


def _run(items: list[Any], recorder: Recorder, report: Report, world: World) -> None:
    ended = ""
    for index, item in enumerate(items):
        name = item.nodeid.split("::", 1)[-1]
        if ended:
            report.test(name, "error", ended)
            continue
        following = items[index + 1] if index + 1 < len(items) else None
        recorder.phases, recorder.detail = [], ""
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            outcome, detail = recorder.outcome(), recorder.detail
        except BaseException as error:
            outcome, detail = "error", f"{type(error).__name__}: {error}"
            ended = f"not run: {name} ended the session"
        trouble = world.trouble()
        if trouble:
            outcome, detail = "error", trouble
        report.test(name, outcome, detail)
