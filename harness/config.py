"""Settings: flags over environment over `pairproof.toml` over defaults, one typed model.

Every setting has an environment name, PAIRPROOF_<NAME> (nested: PAIRPROOF_LIMITS__WALL_S). Unknown
keys in the file are errors that name the nearest known one.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from harness.errors import Misuse
from harness.models import Policy, Record
from sandboxes.base import Limits

CONFIG_FILE = "pairproof.toml"


class LimitSettings(Record):
    """What one execution may use."""

    cpu_s: float = Field(default=5.0, gt=0)
    wall_s: float = Field(default=10.0, gt=0)
    memory_mb: int = Field(default=512, ge=32)
    pids: int = Field(default=64, ge=2)
    disk_mb: int = Field(default=64, ge=1)
    inodes: int = Field(default=8192, ge=64)
    file_mb: int = Field(default=16, ge=1)
    output_kb: int = Field(default=1024, ge=1)
    report_kb: int = Field(default=8192, ge=16)

    def limits(self) -> Limits:
        """The same as the sandbox takes it."""
        return Limits(**{f.name: getattr(self, f.name) for f in fields(Limits)})


class Settings(BaseSettings):
    """Everything that a run can be told."""

    model_config = SettingsConfigDict(
        env_prefix="PAIRPROOF_", env_nested_delimiter="__", extra="forbid",
        use_attribute_docstrings=True,
    )  # fmt: skip

    sandbox: str = "embedded"
    """embedded, docker, docker:TIER, or another installed backend."""
    jobs: int = Field(default=0, ge=0)
    """Pairs at once; 0 is one per core."""
    page_driver: Literal["pipe", "playwright"] = "pipe"
    """Who drives the browser of pages: our own pipe, or Playwright, which needs more time."""
    limits: LimitSettings = LimitSettings()
    policy: Policy = Policy()
    calibration: Annotated[float, Field(ge=1)] | Literal["auto", "off"] = "auto"
    """Limits of time are seconds of a reference machine. auto measures how much slower this one is
    and multiplies; off does not; a number is taken as it is."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, file, defaults: in this order."""
        path = _path()
        if path is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path)

    def effective_jobs(self) -> int:
        """Pairs at once, with 0 resolved to the cores that this process may use."""
        return self.jobs or len(os.sched_getaffinity(0))


def _path() -> Path | None:
    named = os.environ.get("PAIRPROOF_CONFIG")
    path = Path(named or CONFIG_FILE)
    if named and not path.is_file():
        raise Misuse(f"no configuration file at {named}", hint="unset PAIRPROOF_CONFIG")
    return path if path.is_file() else None


def load_settings(**flags: Any) -> Settings:
    """Merge flags (None means not given) over environment, file and defaults.

    Raises Misuse where a value is out of range or a key is unknown.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    path = _path()
    if path is not None:
        _check_keys(path)
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Misuse(f"setting {place}: {first['msg']}",
                     hint="pairproof schema config lists the settings") from error  # fmt: skip


def _check_keys(path: Path) -> None:
    try:
        document = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(f"{path} cannot be read: {error}", hint="pairproof init writes a good one"
                     ) from error  # fmt: skip
    known = {
        "": set(Settings.model_fields),
        "limits": set(LimitSettings.model_fields),
        "policy": set(Policy.model_fields),
    }
    for key, value in document.items():
        _check_key(key, known[""], path)
        if isinstance(value, dict):
            for inner in value:
                _check_key(inner, known.get(key, set()), path, prefix=f"{key}.")


def _check_key(key: str, known: set[str], path: Path, *, prefix: str = "") -> None:
    if key in known:
        return
    near = difflib.get_close_matches(key, known, 1)
    hint = f"did you mean {prefix}{near[0]}?" if near else "pairproof schema config lists them"
    raise Misuse(f"{path}: unknown setting {prefix}{key}", hint=hint)
