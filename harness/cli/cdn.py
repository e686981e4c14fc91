"""cdn add, check, list, lock, plan, prune, sync."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.output import with_json
from harness.cli.run import JSON
from harness.cli.system import PANEL
from harness.errors import ExitCode, Misuse

if TYPE_CHECKING:
    from harness.cdn.asks import Need
    from harness.cdn.resolve import Resolved

LockFile = Annotated[
    Path | None,
    typer.Option("--lock", envvar="PAIRPROOF_CDN_LOCK", help="The lock; the package's own."),
]
Folder = Annotated[
    Path | None,
    typer.Option("--store", envvar="PAIRPROOF_CDN", help="The store; in the user's cache."),
]
Sources = Annotated[
    list[Path], typer.Argument(help="Pages, folders of pages, data sets, lists of URLs.")
]

group = typer.Typer(
    name="cdn",
    help="The local store that answers what pages load from public CDNs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (add, check, list_packages, lock, plan, prune, sync):
        group.command("list" if command is list_packages else command.__name__)(command)
    app.add_typer(group, rich_help_panel=PANEL)


def add(
    context: typer.Context,
    items: Annotated[list[str], typer.Argument(help="PACKAGE, PACKAGE@RANGE or URL.")],
    lock_file: LockFile = None,
    json: JSON = False,
) -> None:
    """Put packages into the lock, resolved to what the registry lists today."""
    output = with_json(context, json)
    path, resolved = _settle(lock_file, [n for item in items for n in _needs(item)], output.say)
    output.document(_told(path, resolved))
    _say_resolved(path, resolved, output.say)


def plan(
    context: typer.Context,
    sources: Sources,
    lock_file: LockFile = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what is missing.")] = False,
    json: JSON = False,
) -> None:
    """Read pages and put what they load into the lock, to be resolved by `cdn lock`."""
    from harness.cdn.lock import lock_path, read_lock, write_lock
    from harness.cdn.rules import read_url
    from harness.cdn.scan import scan

    output = with_json(context, json)
    path = lock_path(lock_file)
    held = read_lock(path)
    urls = scan(sources)
    asks = {url: read_url(url) for url in urls}
    unread = sorted(url for url, ask in asks.items() if ask is None)
    wanted = held.with_wants(n for ask in asks.values() if ask is not None for n in ask.needs())
    new = sorted({str(n) for n in wanted.wants} - {str(n) for n in held.wants})
    if new and not dry:
        write_lock(path, wanted)
    document = {"lock": str(path), "urls": len(urls), "new": new, "unread": unread}
    output.document({**document, "written": bool(new) and not dry})
    for text in new:
        output.say(f"+ {text}")
    output.say(f"{len(urls)} addresses, {len(new)} new wants, {len(unread)} that no rule reads")
    if new and not dry:
        output.say("  pairproof cdn lock resolves them, pairproof cdn sync fetches them")


def lock(
    context: typer.Context,
    lock_file: LockFile = None,
    update: Annotated[
        bool, typer.Option("--update", help="Resolve everything anew, as of today.")
    ] = False,
    json: JSON = False,
) -> None:
    """Resolve what the lock wants to what the registry lists today."""
    output = with_json(context, json)
    path, resolved = _settle(lock_file, [], output.say, again=update)
    output.document(_told(path, resolved))
    _say_resolved(path, resolved, output.say)


def sync(
    context: typer.Context,
    pages: Annotated[
        list[Path] | None,
        typer.Option("--for", help="Only what these pages, folders or data sets load."),
    ] = None,
    lock_file: LockFile = None,
    folder: Folder = None,
    json: JSON = False,
) -> None:
    """Fetch what the lock names into the store. Run again, it goes on. Exits 3 on a failure."""
    from harness.cdn.lock import lock_path, read_lock
    from harness.cdn.npm import npm_client
    from harness.cdn.store import Store, store_path
    from harness.cdn.sync import sync as fill

    output = with_json(context, json)
    held = read_lock(lock_path(lock_file))
    store = Store(store_path(folder))
    with npm_client() as npm:
        done = fill(held, store, npm, only=_wanted(pages), say=output.say)
    files, size = store.size()
    facts = {"store": str(store.folder), "files": files, "store_bytes": size}
    output.document({**vars(done), **facts})
    output.say(
        f"{len(done.fetched)} packages fetched ({done.bytes / 1e6:.0f} MB), {done.kept} here "
        f"already, {done.modules} modules built"
    )
    output.say(f"{files} files, {size / 1e6:.0f} MB in {store.folder}")
    for what, why in [*done.failed.items(), *done.modules_failed.items()]:
        output.say(f"failed: {what}: {why}")
    if done.failed:
        raise typer.Exit(int(ExitCode.CANNOT_JUDGE))


def prune(
    context: typer.Context, lock_file: LockFile = None, folder: Folder = None, json: JSON = False
) -> None:
    """Take out of the store what the lock does not name."""
    from harness.cdn.lock import lock_path, read_lock
    from harness.cdn.prune import prune as remove
    from harness.cdn.store import Store, store_path

    output = with_json(context, json)
    done = remove(read_lock(lock_path(lock_file)), Store(store_path(folder)))
    output.document(vars(done))
    what = f"{done.versions} package versions and {done.files} files"
    output.say(f"{what} removed, {done.bytes / 1e6:.0f} MB")


def list_packages(
    context: typer.Context, lock_file: LockFile = None, folder: Folder = None, json: JSON = False
) -> None:
    """Say what the lock names and what of it is in the store."""
    from harness.cdn import open_shelf
    from harness.cdn.lock import lock_path

    output = with_json(context, json)
    shelf = open_shelf(folder, lock=lock_file)
    rows = []
    for name, item in sorted(shelf.lock.packages.items()):
        for version in item.held:
            manifest = shelf.stock.manifest(name, version)
            rows.append(
                {"package": name, "version": version, "here": manifest is not None,
                 "files": len(manifest.files) if manifest else 0}
            )  # fmt: skip
    output.document(
        {"lock": str(lock_path(lock_file)), "date": shelf.lock.date,
         "digest": shelf.lock.digest, "packages": rows}
    )  # fmt: skip
    for row in rows:
        here = f"{row['files']:>6} files" if row["here"] else "not in the store"
        output.say(f"{row['package']}@{row['version']}  {here}")
    here_count = sum(bool(row["here"]) for row in rows)
    output.say(f"{here_count} of {len(rows)} are here, as of {shelf.lock.date or 'never'}")


def check(
    context: typer.Context,
    sources: Sources,
    lock_file: LockFile = None,
    folder: Folder = None,
    json: JSON = False,
) -> None:
    """Say how much of what pages load is on the shelf. Without any network."""
    from harness.cdn import open_shelf
    from harness.cdn.rates import rate, summary
    from harness.cdn.scan import scan

    output = with_json(context, json)
    rates = rate(open_shelf(folder, lock=lock_file), scan(sources))
    output.document(summary(rates))
    for line in rates.others:
        output.say(f"{line.outcome:<16} {line.url}  {line.note}")
    output.say(f"{'':20} distinct  by pages")
    for name, count in rates.outcomes.items():
        output.say(f"{name:<20} {count:8}  {rates.outcomes_weighted[name]:8}")
    output.say(f"{'all':<20} {rates.distinct:8}  {rates.weighted:8}")
    output.say(f"{'served':<20} {rates.served:8.1%}  {rates.served_weighted:8.1%}")
    output.say(f"{'or not in existence':<20} {rates.settled:8.1%}  {rates.settled_weighted:8.1%}")


def _wanted(pages: list[Path] | None) -> set[Need] | None:
    from harness.cdn.rules import read_url
    from harness.cdn.scan import scan

    if not pages:
        return None
    asks = (read_url(url) for url in scan(pages))
    return {need for ask in asks if ask is not None for need in ask.needs()}


def _needs(item: str) -> Iterable[Need]:
    from harness.cdn.asks import Need, read_need, split_package
    from harness.cdn.rules import read_url

    if "//" in item:
        ask = read_url(item)
        if ask is None:
            raise Misuse(f"no rule reads {item}", hint="name the npm package instead")
        return ask.needs()
    if (need := read_need(item)) is not None:
        return [need]
    parts = split_package(item)
    if parts is None or parts[2]:
        raise Misuse(f"{item!r} is no package", hint="write NAME, NAME@RANGE or a URL")
    return [Need(package=parts[0], spec=parts[1])]


def _settle(
    lock_file: Path | None, needs: list[Need], say: Callable[[str], None], *, again: bool = False
) -> tuple[Path, Resolved]:
    from harness.cdn.lock import lock_path, read_lock, write_lock
    from harness.cdn.npm import npm_client
    from harness.cdn.resolve import resolve

    path = lock_path(lock_file)
    wanted = read_lock(path).with_wants(needs)
    with npm_client() as npm:
        resolved = resolve(
            wanted, npm, again=again, say=say, keep=lambda grown: write_lock(path, grown)
        )
    write_lock(path, resolved.lock)
    return path, resolved


def _told(path: Path, resolved: Resolved) -> dict[str, object]:
    return {"lock": str(path), "date": resolved.lock.date, "digest": resolved.lock.digest,
            "added": list(resolved.added), "missing": list(resolved.missing)}  # fmt: skip


def _say_resolved(path: Path, resolved: Resolved, say: Callable[[str], None]) -> None:
    for text in resolved.added:
        say(f"+ {text}")
    for text in resolved.missing:
        say(f"? {text}: the registry has nothing by that name")
    say(f"wrote {path}; pairproof cdn sync fetches what it names")
