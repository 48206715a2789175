"""Writes the bill of materials of a product: what is linked into it, by version and hash.

    sbom.py CRATE OUT.cdx.json

Cargo's own resolution says which crates are linked (procedural macros, tests and build tools are
not), the lock file their SHA-256. The document is CycloneDX 1.6 in JSON and the same for the same
lock file: it carries neither a time nor a folder of the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

TARGET = "x86_64-unknown-linux-gnu"
ROOT = Path(__file__).resolve().parent.parent


def cargo(*arguments: str) -> str:
    """What cargo prints."""
    command = ["cargo", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def linked(crate: str) -> set[tuple[str, str]]:
    """The name and version of each crate whose code is in the product."""
    edges = "no-dev,no-build,no-proc-macro"
    tree = cargo(
        "tree", "--locked", "-p", crate, "--target", TARGET, "-e", edges, "--prefix", "none"
    )
    words = (line.split() for line in tree.splitlines() if line)
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


def sums() -> dict[tuple[str, str], str]:
    """The SHA-256 of each crate that comes from a registry."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    return {(p["name"], p["version"]): p.get("checksum", "") for p in lock["package"]}


def component(package: dict[str, Any], checksum: str) -> Component:
    """A crate as CycloneDX describes it."""
    name, version = package["name"], package["version"]
    # "MIT/Apache-2.0" is how older crates write "MIT OR Apache-2.0".
    licence = LicenseExpression(package["license"].replace("/", " OR "))
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pkg:cargo/{name}@{version}",
        purl=PackageURL("cargo", None, name, version),
        licenses=[licence],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


def bill(crate: str) -> str:
    """The document of what is linked into a crate's product."""
    metadata = json.loads(
        cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET)
    )
    wanted, checksums = linked(crate), sums()
    packages = {
        package["id"]: package
        for package in metadata["packages"]
        if (package["name"], package["version"]) in wanted
    }
    if len(packages) != len(wanted):
        raise SystemExit(f"{crate}: {len(wanted)} crates are linked, {len(packages)} described")
    components = {
        key: component(package, checksums[package["name"], package["version"]])
        for key, package in packages.items()
    }
    (root,) = (components[key] for key, package in packages.items() if package["name"] == crate)

    bom = Bom(components=[c for c in components.values() if c is not root])
    bom.metadata.component = root
    # Not a time and not a random number: the same content has the same name.
    content = sorted(f"{c.purl} {h.content}" for c in components.values() for h in c.hashes)
    bom.serial_number = uuid5(UUID(int=0), "\n".join([crate, *content]))
    for node in metadata["resolve"]["nodes"]:
        if node["id"] in components:
            to = [components[key] for key in node["dependencies"] if key in components]
            bom.register_dependency(components[node["id"]], to)

    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault:
        raise SystemExit(f"{crate}: {fault}")
    return text


if __name__ == "__main__":
    crate, out = sys.argv[1:]
    Path(out).write_text(bill(crate))
