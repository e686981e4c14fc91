"""Images: what normalising promises, what a lock refuses, and what a built image holds."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import tarfile
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runners.python import TOOLCHAIN
from sandboxes import images
from sandboxes.base import SandboxUnavailable, Toolchain
from sandboxes.engine import client
from sandboxes.image_base import base_image, bootstrap
from sandboxes.image_build import Built, build_image
from sandboxes.image_facts import facts_inside, inside
from sandboxes.image_labels import BUILDING, LABEL
from sandboxes.image_lock import VARIABLE, Locked, lock_path, read_lock, wanted_by, write_lock
from sandboxes.image_store import held_images, problems, prune
from sandboxes.normalise import TIME, config, normalise, write_archive
from sandboxes.recipes import BUILD, Pins, script

SMALL = Toolchain(
    name="test-small",
    system=("python3",),
    python=("iniconfig",),
    facts={"python": ("python3", "-c", "import platform; print(platform.python_version())")},
)
PINS = Pins(debian=("dash=1:2", "python3=3.13"), distributions=("a==1 --hash=sha256:00",))
LOCKED = Locked(
    architecture="amd64", base="debian:x", digest="sha256:" + "1" * 64, layer="sha256:" + "2" * 64,
    wanted=wanted_by(TOOLCHAIN), pins=PINS, facts={"python": "3.13.5", "a": "1"},
)  # fmt: skip


def exported(path: Path, *entries: tuple[str, Any], **more: Any) -> Path:
    """A tar like the engine's: (name, bytes), (name/, None), (name, "-> target"), (name, "= held")."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, what in entries:
            entry = tarfile.TarInfo(name.rstrip("/"))
            for key, value in more.items():
                setattr(entry, key, value)
            if what is None:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(entry)
            elif isinstance(what, str):
                arrow, target = what.split(" ")
                entry.type = tarfile.SYMTYPE if arrow == "->" else tarfile.LNKTYPE
                entry.linkname = target
                tar.addfile(entry)
            else:
                entry.size = len(what)
                tar.addfile(entry, io.BytesIO(what))
    return path


def entries_of(layer: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(layer) as tar:
        return {member.name: member for member in tar}


FILES = (("usr/", None), ("usr/bin/", None), ("usr/bin/tool", b"tool"), ("bin", "-> usr/bin"))
NOISE = (
    (".dockerenv", b""), ("etc/", None), ("etc/hostname", b"4f2a"), ("etc/machine-id", b"77"),
    ("var/", None), ("var/log/", None), ("var/log/dpkg.log", b"2026"), ("etc/passwd-", b"old"),
    (BUILD[1:] + "/", None), (BUILD[1:] + "/ca.crt", b"host's own"), ("etc/shadow", b"root:*:20413"),
    ("usr/share/", None), ("usr/share/doc/", None), ("usr/share/doc/x", b"text"),
    ("etc/alternatives/", None), ("etc/alternatives/awk.1.gz", "-> /usr/share/man/man1/mawk.1.gz"),
    ("usr/lib/", None), ("usr/lib/left-by-a-purged-package/", None),
)  # fmt: skip


def test_two_builds_of_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    """Order, times, owners, what the engine adds and what a machine leaves do not change a layer."""
    base = (("etc/", None), ("etc/alternatives/", None), ("etc/alternatives/awk", "-> /bin/mawk"))
    one = exported(tmp_path / "1", *FILES, *base, mtime=1, uid=0)
    two = exported(
        tmp_path / "2", *base, *NOISE, *reversed(FILES), mtime=99, uid=1000, uname="someone"
    )
    first = normalise(one, tmp_path / "a")
    second = normalise(two, tmp_path / "b")
    assert first == second == hashlib.sha256((tmp_path / "b").read_bytes()).hexdigest()
    other = exported(tmp_path / "3", ("usr/bin/tool", b"t0ol"), *base)
    assert normalise(other, tmp_path / "c") != first


def test_no_bit_gives_rights_in_a_layer(tmp_path: Path) -> None:
    """Set-id bits, file capabilities, devices and other owners are gone; modes else stay."""
    source = exported(
        tmp_path / "1", ("usr/bin/su", b"x"), mode=0o6755, uid=33,
        pax_headers={"SCHILY.xattr.security.capability": "cap"},
    )  # fmt: skip
    with tarfile.open(source, "a") as tar:
        device = tarfile.TarInfo("usr/null")
        device.type = tarfile.CHRTYPE
        tar.addfile(device)
    normalise(source, tmp_path / "a")
    found = entries_of(tmp_path / "a")
    assert found["usr/bin/su"].mode == 0o755
    assert found["usr/bin/su"].pax_headers == {}
    assert "usr/null" not in found
    assert {(m.uid, m.gid, m.mtime) for m in found.values()} == {(0, 0, TIME)}


def test_a_layer_has_the_places_and_the_user_of_jobs(tmp_path: Path) -> None:
    """/job, /guest and /site are there and empty; users are ours alone."""
    normalise(exported(tmp_path / "1", *FILES, ("etc/passwd", b"root::0:0::/:/bin/sh")),
              tmp_path / "a")  # fmt: skip
    with tarfile.open(tmp_path / "a") as tar:
        names = tar.getnames()
        passwd = tar.extractfile("etc/passwd")
        assert passwd is not None
        users = passwd.read().decode()
    for place in ("job", "guest", "site", "proc", "tmp"):
        assert place in names
        assert not any(name.startswith(f"{place}/") for name in names)
    assert "job:x:1000:1000" in users
    assert "/bin/sh" not in users


def test_hard_links_do_not_depend_on_the_order_of_the_export(tmp_path: Path) -> None:
    """The first name by the alphabet is the file and the others point at it, either way round."""
    one = exported(tmp_path / "1", ("usr/a", b"x"), ("usr/b", "= usr/a"))
    two = exported(tmp_path / "2", ("usr/b", b"x"), ("usr/a", "= usr/b"))
    assert normalise(one, tmp_path / "a") == normalise(two, tmp_path / "b")
    with tarfile.open(tmp_path / "b") as tar:
        assert tar.getmember("usr/b").linkname == "usr/a"
        held = tar.extractfile("usr/b")
        assert held is not None and held.read() == b"x"


def test_empty_folders_stay_where_a_package_owns_them(tmp_path: Path) -> None:
    """The package manager's own lists decide, and of its files its status alone is kept."""
    source = exported(
        tmp_path / "1", ("var/lib/owned/", None), ("var/lib/forgotten/", None),
        ("var/lib/dpkg/info/x.list", b"/.\n/var\n/var/lib\n/var/lib/owned\n"),
        ("var/lib/dpkg/status", b"Package: b\n\nPackage: a\n\n"),
    )  # fmt: skip
    normalise(source, tmp_path / "a")
    found = entries_of(tmp_path / "a")
    assert "var/lib/owned" in found
    assert "var/lib/forgotten" not in found
    assert [name for name in found if name.startswith("var/lib/dpkg/")] == ["var/lib/dpkg/status"]
    with tarfile.open(tmp_path / "a") as tar:
        status = tar.extractfile("var/lib/dpkg/status")
        assert status is not None and status.read() == b"Package: a\n\nPackage: b\n"


def test_the_id_of_an_image_is_the_hash_of_its_configuration(tmp_path: Path) -> None:
    """The archive names its configuration by its sha256, and the configuration names the layer."""
    layer = tmp_path / "layer"
    held = normalise(exported(tmp_path / "1", *FILES), layer)
    about = config(held, "amd64", {"a": "b"})
    with (tmp_path / "image").open("wb") as out:
        identity = write_archive(out, layer, about, ("x:latest",))
    assert identity == hashlib.sha256(about).hexdigest()
    with tarfile.open(tmp_path / "image") as tar:
        listing = tar.extractfile("manifest.json")
        assert listing is not None
        (named,) = json.load(listing)
        inner = tar.extractfile(named["Layers"][0])
        assert inner is not None and hashlib.sha256(inner.read()).hexdigest() == held
    assert json.loads(about)["rootfs"]["diff_ids"] == [f"sha256:{held}"]


@pytest.mark.parametrize("pins", [None, PINS])
@pytest.mark.parametrize("toolchain", [TOOLCHAIN, SMALL, Toolchain(name="c", system=("gcc",))])
def test_every_script_is_shell(toolchain: Toolchain, pins: Pins | None) -> None:
    """What is run in the building container parses, with pins and without, Python or not."""
    text = script(toolchain, pins)
    done = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("/pip " in text) == bool(toolchain.python)


def test_a_name_cannot_become_a_command() -> None:
    """A package name with shell in it stays one word."""
    text = script(Toolchain(name="x", system=("a; touch /owned",)), None)
    assert "'a; touch /owned'" in text
    assert "a; touch /owned" not in text.replace("'a; touch /owned'", "")


@pytest.fixture
def own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock file of the test's own, not yet there."""
    path = tmp_path / "own.lock.toml"
    monkeypatch.setenv(VARIABLE, str(path))
    return path


def test_a_lock_reads_back_as_it_was_written(own_lock: Path) -> None:
    """Pins, facts and digests survive; the variable names the file."""
    assert read_lock() == {}
    assert write_lock({"python": LOCKED, "c++": LOCKED}) == own_lock == lock_path()
    assert read_lock() == {"python": LOCKED, "c++": LOCKED}
    assert [path.name for path in own_lock.parent.iterdir()] == [own_lock.name]


@pytest.mark.parametrize("text", ["[python", "[python]\nbase = 1", "python = 3", "\x00"])
def test_a_broken_lock_is_said_to_be_one(own_lock: Path, text: str) -> None:
    """No half-read lock is ever used."""
    own_lock.write_text(text)
    with pytest.raises(SandboxUnavailable, match="is no lock of images") as caught:
        images.locked("python")
    assert "pairproof images lock" in caught.value.hint


def test_a_lock_that_cannot_be_written_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the package is installed read-only."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "absent" / "lock"))
    with pytest.raises(SandboxUnavailable, match="cannot write") as caught:
        write_lock({"python": LOCKED})
    assert VARIABLE in caught.value.hint


def test_a_changed_declaration_is_another_one() -> None:
    """One package more, and the lock no longer resolves it."""
    assert LOCKED.resolves(TOOLCHAIN)
    assert not LOCKED.resolves(replace(TOOLCHAIN, python=(*TOOLCHAIN.python, "attrs")))
    assert not LOCKED.resolves(replace(TOOLCHAIN, system=(*TOOLCHAIN.system, "gcc")))


def test_the_projects_lock_pins_what_python_declares() -> None:
    """The lock beside the package is of today's declaration and names every version."""
    path = Path(images.__file__).parent / "images.lock.toml"
    assert lock_path() == path or VARIABLE in os.environ
    held = read_lock()["python"]
    assert held.resolves(TOOLCHAIN), "pairproof images lock python"
    assert {"python", *TOOLCHAIN.python} <= held.facts.keys()
    assert all("=" in pin for pin in held.pins.debian)
    assert all("--hash=sha256:" in line for line in held.pins.distributions)


def test_an_engine_that_does_not_answer_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No traceback of the client: a sentence and what to type."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SandboxUnavailable, match="no Docker engine answers") as caught:
        images.locked("python")
    assert "DOCKER_HOST" in caught.value.hint


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    """The machine's engine."""
    try:
        opened = client(timeout_s=600)
    except SandboxUnavailable as error:
        pytest.skip(f"{error}; {error.hint}")
    with contextlib.closing(opened):
        yield opened


@pytest.fixture(scope="module")
def python_image(engine: Any) -> images.Image:
    """The locked Python image."""
    try:
        return images.locked("python")
    except SandboxUnavailable as error:
        pytest.skip(f"{error}; {error.hint}")


def test_an_image_without_a_lock_is_not_served(own_lock: Path) -> None:
    """The hint is the command that makes the lock."""
    with pytest.raises(SandboxUnavailable, match="names no image for python") as caught:
        images.locked("python")
    assert caught.value.hint == "pairproof images lock python"


def test_an_image_of_other_contents_is_not_served(
    python_image: images.Image, own_lock: Path
) -> None:
    """One is built here under the same name, but the lock names another: an error, not a use."""
    write_lock({"python": LOCKED})
    with pytest.raises(SandboxUnavailable, match="its lock names sha256:1111") as caught:
        images.locked("python")
    assert caught.value.hint == "pairproof images build python"


def test_an_image_that_was_never_built_is_said_to_be_missing(engine: Any, own_lock: Path) -> None:
    """Nothing stands in for it."""
    write_lock({"never-built": LOCKED})
    with pytest.raises(SandboxUnavailable, match="is not built here"):
        images.locked("never-built")


def test_the_python_image_gives_nothing_away(engine: Any, python_image: images.Image) -> None:
    """S0-1: no set-id file, no installer, no certificate, no log; jobs' places are there."""
    told = inside(engine, python_image.id, ("sh", "-c", """
        find / -xdev \\( -perm /6000 -o -nouser \\) -print
        find /job /guest /var/log /var/cache /var/lib/apt/lists /etc/ssl /root /tmp \\
            -mindepth 1 2>/dev/null
        python3 -c 'import pip' 2>/dev/null && echo pip
        python3 -c 'import setuptools' 2>/dev/null && echo setuptools
        find / -xdev \\( -name pip -o -name setuptools \\) -print
        env | grep -v -e ^PATH= -e ^LANG= -e ^HOSTNAME= -e ^PWD= -e ^HOME= -e ^SHLVL= -e ^_=
        touch /job/x 2>/dev/null && echo writable
        id -un
    """))  # fmt: skip
    assert told.split() == ["job"]


def test_sources_in_the_python_image_are_compiled_for_good(
    engine: Any, python_image: images.Image
) -> None:
    """Every compiled file is of the kind that is never checked against its source."""
    told = inside(engine, python_image.id, ("python3", "-S", "-c", """
import os
flags, missing = {}, []
for top in ("/site", "/usr/lib/python3.13"):
    for folder, _, names in os.walk(top):
        for name in names:
            if name.endswith(".pyc"):
                with open(os.path.join(folder, name), "rb") as file:
                    flag = file.read(8)[4]
                flags[flag] = flags.get(flag, 0) + 1
import sys
sys.path.insert(0, "/site")
import json, numpy, pandas, pytest, scipy
loaded = [m for m in sys.modules.values() if str(getattr(m, "__file__", "")).endswith(".py")]
cached = {m.__name__: getattr(m, "__cached__", None) for m in loaded}
missing = [name for name, path in cached.items() if path and not os.path.exists(path)]
print(json.dumps([sorted(flags), flags.get(1, 0) > 2000, len(cached) > 500, missing]))
"""))  # fmt: skip
    assert json.loads(told) == [[1], True, True, []]


def test_facts_are_read_from_inside(engine: Any, python_image: images.Image) -> None:
    """What the image tells is what the lock says, every distribution of the closure among it."""
    told = facts_inside(engine, python_image.id, TOOLCHAIN)
    assert told == dict(python_image.toolchain)
    assert {"python", "numpy", "pandas", "pytest", "scipy", "pluggy"} <= told.keys()
    assert problems(engine, TOOLCHAIN, read_lock()["python"]) == []


def test_verify_names_each_version_that_differs(engine: Any, python_image: images.Image) -> None:
    """A fact of the lock that the image does not bear out is a problem with both versions in it."""
    wanted = read_lock()["python"]
    wrong = replace(wanted, facts={**wanted.facts, "numpy": "0.1", "absent": "1"})
    found = problems(engine, TOOLCHAIN, wrong)
    assert found == [
        "absent is missing, locked as 1",
        f"numpy is {wanted.facts['numpy']}, locked as 0.1",
    ]


def test_a_command_that_fails_inside_is_told(engine: Any, python_image: images.Image) -> None:
    """With its exit status and what it said; and the network is not there."""
    with pytest.raises(SandboxUnavailable, match=r"exits with 7 in the image: so it is"):
        inside(engine, python_image.id, ("sh", "-c", "echo so it is >&2; exit 7"))
    listed = inside(engine, python_image.id, ("cat", "/proc/net/dev")).splitlines()[2:]
    assert [line.split(":")[0].strip() for line in listed] in (["lo"], [])


def test_prune_takes_what_no_lock_names(engine: Any, tmp_path: Path) -> None:
    """An image of ours that is not locked goes, a locked one stays, and so does a live build."""
    made = {}
    for name in ("kept", "gone"):
        source = exported(tmp_path / name, ("note", name.encode()))
        layer = tmp_path / f"{name}.layer"
        held = normalise(source, layer)
        about = config(held, "amd64", {LABEL: f"test-{name}"})
        with (tmp_path / f"{name}.image").open("wb") as out:
            made[name] = "sha256:" + write_archive(
                out, layer, about, (f"pairproof/test-{name}:latest",)
            )
        with (tmp_path / f"{name}.image").open("rb") as file:
            engine.images.load(file)
    lock = {"test-kept": replace(LOCKED, digest=made["kept"])}
    names = ("test-kept", "test-gone")
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    space = Path("/proc/self/ns/pid").stat().st_ino
    dead = engine.containers.create(
        made["kept"], ["x"], labels={BUILDING: f"{boot}-{space}-{2**22 + 1}-1"}
    )
    live = engine.containers.create(made["kept"], ["x"], labels={BUILDING: f"{boot}-elsewhere-1-1"})
    try:
        states = {i.name: i.state for i in held_images(engine, lock) if i.name in names}
        assert states == {"test-kept": "locked", "test-gone": "other"}
        done = prune(engine, lock, names)
        assert done.images == (made["gone"],)
        assert dead.id in done.containers
        assert live.id not in done.containers
        assert prune(engine, lock, names).images == ()
        assert prune(engine, {}, names).in_use == (made["kept"],)
    finally:
        live.remove(force=True)
    assert prune(engine, {}, names).images == (made["kept"],)
    assert [i.name for i in held_images(engine, {}) if i.name in names] == []


@pytest.fixture(scope="module")
def base(engine: Any) -> str:
    """A Debian base, where one can be had and mirrors answer."""
    try:
        urllib.request.urlopen("http://deb.debian.org/debian/dists/trixie/Release", timeout=30)
    except OSError as error:
        pytest.skip(f"no Debian mirror answers: {error}")
    try:
        return base_image(engine, None, print)
    except SandboxUnavailable as error:
        pytest.skip(f"{error}; {error.hint}")


@pytest.fixture(scope="module")
def small(engine: Any, base: str) -> Iterator[Built]:
    """A small toolchain, resolved and built."""
    built = build_image(engine, SMALL, base, None, print)
    yield built
    prune(engine, {}, (SMALL.name,))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_same_pins_give_the_same_image(engine: Any, base: str, small: Built) -> None:
    """Built again from nothing but the pins: the same facts, and the same id to the last bit."""
    again = build_image(engine, SMALL, base, small.pins, print)
    assert again == small
    assert small.facts.keys() == {"python", "iniconfig"}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("pins", "named"),
    [
        (lambda p: replace(p, debian=(*p.debian[:-1], "zlib1g=0.0-1")), "zlib1g=0.0-1"),
        (lambda p: replace(p, distributions=("iniconfig==0.0.0.1 --hash=sha256:" + "0" * 64,)),
         "iniconfig==0.0.0.1"),
    ],
)  # fmt: skip
def test_a_pin_that_is_gone_is_named(
    engine: Any, base: str, small: Built, pins: Any, named: str
) -> None:
    """Nothing newer is taken instead; the hint is the command that resolves anew."""
    with pytest.raises(SandboxUnavailable, match="no mirror has") as caught:
        build_image(engine, SMALL, base, pins(small.pins), print)
    assert named in str(caught.value)
    assert "pairproof images lock test-small" in caught.value.hint
    left = engine.containers.list(all=True, filters={"label": BUILDING}, ignore_removed=True)
    assert not [c for c in left if c.status == "exited"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_declaration_that_nothing_meets_is_shown(engine: Any, base: str) -> None:
    """While locking, a distribution that does not exist is the declaration's fault, with its name."""
    wrong = replace(SMALL, python=("iniconfig>=999",))
    with pytest.raises(SandboxUnavailable, match=r"(?s)test-small failed.*iniconfig>=999"):
        build_image(engine, wrong, base, None, print)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_network_that_is_away_is_not_a_pin_that_is_gone(
    engine: Any, base: str, small: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no mirror answers, the message shows what failed and does not ask for a new lock."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(SandboxUnavailable, match="building the image of test-small failed") as told:
        build_image(engine, SMALL, base, small.pins, print)
    assert "127.0.0.1" in str(told.value)
    assert "images lock" not in told.value.hint


def test_a_base_that_cannot_be_pulled_is_an_error(engine: Any) -> None:
    """A base that was asked for is never replaced by another one."""
    with pytest.raises(SandboxUnavailable, match=r"localhost:1/no/such:x cannot be pulled"):
        base_image(engine, "localhost:1/no/such:x", print)


def test_bootstrap_without_its_tool_names_it(
    engine: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What to install is in the hint."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="mmdebstrap") as caught:
        bootstrap(engine, "")
    assert "apt-get install mmdebstrap" in caught.value.hint
