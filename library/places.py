"""The places of a programme, from province to village."""

from __future__ import annotations

import lzma

from library.layers import Layers
from nlp.places import Gazetteer


def load_gazetteer(layers: Layers) -> Gazetteer:
    lines = lzma.decompress((layers.folder / "places.tsv.xz").read_bytes()).decode().splitlines()
    names = layers.theirs("renames.toml")
    elsewhere, everyday = names.get("elsewhere", ()), names.get("everyday", ())
    return Gazetteer.from_lines(lines, names["renames"], elsewhere, everyday)
