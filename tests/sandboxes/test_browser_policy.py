"""What a browser is asked to be held by, without starting one: filter, flags, fonts, container."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from browser_places import opened
from browser_talk import line
from test_pieces import ALLOW, ARCH, EAFNOSUPPORT, ENOSYS, EPERM, KILL, decide

from sandboxes import linux, seccomp
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import fonts, open_browser, policy
from sandboxes.chromium.container import config
from sandboxes.chromium.flags import NO_SANDBOX, flags, reasons

CHROMIUMS = linux.CLONE_NEWUSER | linux.CLONE_NEWPID | linux.CLONE_NEWNET


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_leaves_chromium_its_sandbox_and_no_more(machine: str) -> None:
    """User, PID and network namespaces and chroot pass; mounts, tracing and new calls do not."""
    program = policy.program(machine)
    numbers = seccomp._NUMBERS[machine]

    def call(name: str, *arguments: int) -> int:
        return decide(program, ARCH[machine], numbers[name], *arguments)

    assert call("clone", CHROMIUMS | 17) == call("unshare", CHROMIUMS) == call("chroot") == ALLOW
    for flag in (linux.CLONE_NEWNS, linux.CLONE_NEWIPC, linux.CLONE_NEWUTS, linux.CLONE_NEWCGROUP):
        assert call("clone", CHROMIUMS | flag) == call("unshare", flag) == EPERM
    for name in (
        "mount", "umount2", "pivot_root", "fsopen", "fsmount", "move_mount", "open_tree",
        "mount_setattr", "setns", "keyctl", "bpf", "perf_event_open", "userfaultfd",
        "io_uring_setup", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
    ):  # fmt: skip
        assert call(name) == EPERM, name
    assert call("clone3") == ENOSYS
    assert call("socket", 1, 1) == ALLOW
    assert [call("socket", family) for family in (2, 10, 16, 17, 40)] == [EAFNOSUPPORT] * 5
    assert decide(program, ARCH[machine], policy.NEWEST_CALL) == ALLOW
    assert decide(program, ARCH[machine], policy.NEWEST_CALL + 1) == ENOSYS
    assert decide(program, 0x40000003, 20) == KILL  # 32-bit x86


def test_the_engine_is_given_the_same_policy() -> None:
    """The engine's form of the filter denies the same calls, flags and families."""
    profile: Any = policy.engine_profile()
    assert profile["defaultAction"] == "SCMP_ACT_ALLOW"
    rules = profile["syscalls"]
    assert {"mount", "setns", "ptrace", "io_uring_setup"} <= set(rules[0]["names"])
    assert not {"unshare", "chroot", "clone"} & set(rules[0]["names"])
    bits = [r["args"][0]["value"] for r in rules if r["names"] == ["clone", "unshare"]]
    assert sum(bits) == policy.OTHER_NAMESPACES
    assert not sum(bits) & CHROMIUMS
    sockets = next(r for r in rules if r["names"] == ["socket"])
    assert (sockets["args"][0]["op"], sockets["args"][0]["value"]) == ("SCMP_CMP_NE", 1)


def test_the_container_is_asked_for_nothing_that_it_could_use() -> None:
    """No network, no capability, no volume, nothing to write but two small places, no address."""
    body = config("image", flags(chromium_sandbox=True))
    host = body["HostConfig"]
    assert host["NetworkMode"] == "none" and body["NetworkDisabled"]
    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and "CapAdd" not in host
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert json.loads(host["SecurityOpt"][1].removeprefix("seccomp=")) == policy.engine_profile()
    assert host["Memory"] == host["MemorySwap"] == 1 << 30
    assert host["PidsLimit"] == 400
    assert not {"Binds", "Mounts", "PortBindings", "Devices"} & set(host)
    assert body["User"] == "10001:10001"
    assert set(host["Tmpfs"]) == {"/tmp", "/dev/shm"}


def test_every_flag_has_a_reason_and_none_opens_a_door() -> None:
    """Each flag says why; no port, no allowed origin, and no step down that was not asked for."""
    assert all(why.strip() for why in reasons().values())
    given = flags(chromium_sandbox=True)
    assert NO_SANDBOX not in given
    assert flags(chromium_sandbox=False) == (*given, NO_SANDBOX)
    names = {flag.partition("=")[0] for flag in given}
    forbidden = {"--remote-debugging-port", "--remote-allow-origins", "--disable-web-security",
                 "--allow-file-access-from-files", "--disable-site-isolation-trials",
                 "--disable-seccomp-filter-sandbox", "--single-process", "--no-zygote"}  # fmt: skip
    assert not names & forbidden
    assert "--remote-debugging-pipe" in names


def test_an_engine_that_forbids_chromiums_sandbox_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under a policy without user namespaces the default raises; asked for less, the facts say so."""
    opened("docker").close()  # skips where there is no engine
    stricter: Any = policy.engine_profile()
    bit = linux.CLONE_NEWUSER
    argument = {"index": 0, "value": bit, "valueTwo": bit, "op": "SCMP_CMP_MASKED_EQ"}
    rule = {"names": ["clone", "unshare"], "action": "SCMP_ACT_ERRNO", "args": [argument]}
    stricter["syscalls"].append(rule)
    monkeypatch.setattr(policy, "engine_profile", lambda: stricter)
    with pytest.raises(SandboxUnavailable, match="cannot be kept") as refused:
        open_browser("docker")
    assert "max_user_namespaces" in refused.value.hint
    browser = open_browser("docker", require_chromium_sandbox=False)
    try:
        assert browser.facts.isolation == "container-only"
        assert browser.facts.flags[-1] == NO_SANDBOX
        said = line(browser)
        assert said.value(said.page(), "1+1") == 2
    finally:
        browser.close()


def test_settings_of_fonts_are_well_formed() -> None:
    """fontconfig can read them, and what pages ask for most has a font."""
    root = ElementTree.fromstring(fonts.config())
    asked = {one.findtext("family") for one in root.iter("alias")}
    assert {"sans-serif", "serif", "monospace", "emoji", "Arial", "Times New Roman"} <= asked
