"""How a browser that did not start is told."""

from __future__ import annotations

from sandboxes.base import SandboxUnavailable

NO_USABLE = "No usable sandbox"
"""What Chromium says where it cannot make namespaces; it then ends."""


class SandboxRefused(SandboxUnavailable):
    """Chromium's own sandbox cannot be kept on this platform."""


def not_kept(message: str) -> SandboxRefused:
    """The refusal of less isolation than was asked for."""
    return SandboxRefused(
        f"Chromium's own sandbox cannot be kept here: {message}",
        hint="allow user namespaces inside namespaces (sysctl user.max_user_namespaces=65536; on "
        "Ubuntu also sysctl kernel.apparmor_restrict_unprivileged_userns=0)",
    )


def telling(words: str) -> str:
    """The line that says what went wrong: the last that is marked fatal, else the last."""
    lines = [line for line in words.strip().splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line]
    return (fatal or lines or [""])[-1]
