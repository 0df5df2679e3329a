"""Settings: environment or `.env`, prefix XIANGSHENG_; secrets may come from files (…_FILE)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casework.alerts import CHAT, MAIL, WECOM
from casework.refusals import BadInput

PREFIX = "XIANGSHENG_"
ROOT = Path(__file__).resolve().parent.parent
#: The programme that comes along; whoever has another sets `content`.
SHIPPED = ROOT / "content" / "henan-2019"
#: Comes along too, in English and invented, to be tried and copied.
EXAMPLE = ROOT / "content" / "example-en"


class Settings(BaseSettings):
    """Every name here is documented in docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    exit_url: str = ""
    content: Path = SHIPPED
    telegram_token: str = ""
    telegram_api_url: str = ""
    wechat_app_id: str = ""
    wechat_secret: str = ""
    wechat_token: str = ""
    wechat_aes_key: str = ""
    wechat_aes_key_previous: str = ""
    wechat_mode: str = ""
    wechat_api_url: str = ""
    discipline_url: str = ""
    discipline_keys: Path | None = None
    alarm_smtp: str = Field(default="", repr=False)
    alarm_from: str = ""
    alarm_to: str = ""
    alarm_wecom: str = Field(default="", repr=False)
    wecom_url: str = ""
    proxies: str = ""
    code_mib: int = Field(default=19, ge=1)
    code_passes: int = Field(default=2, ge=1)
    kdf_mib: int = Field(default=64, ge=1)
    kdf_passes: int = Field(default=3, ge=1)
    ready_codes: int = Field(default=512, ge=0, le=512)

    @field_validator("database_url")
    @classmethod
    def _is_a_database_we_know(cls, url: str) -> str:
        if url and not url.startswith(("sqlite", "postgresql+asyncpg://")):
            raise ValueError("sqlite or postgresql+asyncpg")
        return url

    @field_validator("exit_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[!-~]+", url):
            raise ValueError("https://…")
        return url

    @property
    def is_secure(self) -> bool:
        """Whether cookies may carry the __Host- prefix: HTTPS, or a browser's own machine."""
        return self.public_url.startswith("https://") or self.host in ("127.0.0.1", "localhost")

    @property
    def is_sqlite(self) -> bool:
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def has_own_content(self) -> bool:
        """Whether the content is the house's own, which an upgrade of the program leaves alone."""
        return self.content.resolve() not in (SHIPPED, EXAMPLE)

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def load_settings(**changes: Any) -> Settings:
    """From the environment, with secrets read from the files that …_FILE names.

    Raises `BadInput` naming the variable that cannot be used.
    """
    from_files = {
        name.removeprefix(PREFIX).removesuffix("_FILE").lower(): _secret(name, Path(value))
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name.endswith("_FILE")
    }
    try:
        with _env_file():
            return Settings(**{**from_files, **changes})
    except ValidationError as fault:
        wrong = "、".join(PREFIX + str(each["loc"][0]).upper() for each in fault.errors())
        raise BadInput(f"设置 {wrong} 写得不对。每一项怎么写见 docs/operations.md。") from None


@contextmanager
def _env_file() -> Iterator[None]:
    """What reads `.env`; raises `BadInput` where an editor has saved it in another encoding."""
    try:
        yield
    except UnicodeDecodeError:
        raise BadInput(
            ".env 不是 UTF-8 编码,用编辑器另存为 UTF-8。The file .env is not UTF-8: save it as UTF-8."
        ) from None


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{name} 指的文件读不出来:{path}") from None


def ways_of(settings: Settings) -> frozenset[str]:
    """The ways out to people at the office that are set; the web asks, which opens none of them."""
    set_up = {
        MAIL: settings.alarm_smtp,
        WECOM: settings.wecom_url or settings.alarm_wecom,
        CHAT: settings.telegram_token,
    }
    return frozenset(kind for kind, url in set_up.items() if url)


def unknown_variables() -> list[str]:
    """Variables with our prefix, here or in `.env`, that nothing reads: a typo nobody would notice."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known} | {PREFIX + "PROVE"}
    with _env_file():
        given = {name.upper() for name in dotenv_values(".env")} | os.environ.keys()
    return sorted(name for name in given if name.startswith(PREFIX) and name not in known)
