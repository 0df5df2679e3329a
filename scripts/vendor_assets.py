"""Bring the desk's outside assets into the repository. For maintainers; users never run this.

    python scripts/vendor_assets.py

Needs `npm`. Each file comes out of a released npm package, gets its version into its name, and its
sha256 and licence into `vendor.toml`, which a test compares with the files.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "api" / "static" / "vendor"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file of one package, and the name it gets here."""

    package: str
    version: str
    source: str
    file: str
    licence: str
    licence_source: str


ASSETS = (
    Asset(
        package="@picocss/pico", version="2.1.1", source="css/pico.min.css",
        file="pico-2.1.1.min.css", licence="MIT", licence_source="LICENSE.md",
    ),
    Asset(
        package="htmx.org", version="4.0.1", source="dist/htmx.min.js",
        file="htmx-4.0.1.min.js", licence="0BSD", licence_source="LICENSE",
    ),
    Asset(
        package="swagger-ui-dist", version="5.35.0", source="swagger-ui-bundle.js",
        file="swagger-ui-5.35.0.js", licence="Apache-2.0", licence_source="LICENSE",
    ),
    Asset(
        package="swagger-ui-dist", version="5.35.0", source="swagger-ui.css",
        file="swagger-ui-5.35.0.css", licence="Apache-2.0", licence_source="LICENSE",
    ),
)  # fmt: skip

#: A released file names its own source map, which we do not ship.
MAP_LINES = (b"//# sourceMappingURL=", b"/*# sourceMappingURL=")


def unpack(asset: Asset, folder: Path) -> tarfile.TarFile:
    """The package as npm hands it out."""
    spec = f"{asset.package}@{asset.version}"
    packed = subprocess.run(
        ["npm", "pack", "--silent", spec], cwd=folder, check=True, capture_output=True, text=True
    )
    return tarfile.open(folder / packed.stdout.strip().splitlines()[-1])


def read(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


def without_map(content: bytes) -> bytes:
    lines = [line for line in content.splitlines(keepends=True) if not line.startswith(MAP_LINES)]
    return b"".join(lines)


def entry(asset: Asset, digest: str, licence_file: str) -> str:
    return (
        "[[asset]]\n"
        f'file = "{asset.file}"\n'
        f'package = "{asset.package}"\n'
        f'version = "{asset.version}"\n'
        f'source = "{asset.source}"\n'
        f'sha256 = "{digest}"\n'
        f'licence = "{asset.licence}"\n'
        f'licence_file = "{licence_file}"\n'
    )


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    entries = []
    for asset in ASSETS:
        with tempfile.TemporaryDirectory() as folder, unpack(asset, Path(folder)) as package:
            content = without_map(read(package, asset.source))
            (VENDOR / asset.file).write_bytes(content)
            licence_file = f"LICENSE-{asset.package.split('/')[-1]}.txt"
            (VENDOR / licence_file).write_bytes(read(package, asset.licence_source))
        entries.append(entry(asset, sha256(content).hexdigest(), licence_file))
    (VENDOR / "vendor.toml").write_text("\n".join(entries), encoding="utf-8")


if __name__ == "__main__":
    main()
