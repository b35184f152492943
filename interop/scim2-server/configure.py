"""Writes what scim2-server is started with: its own documents and those of a folder.

usage: configure.py SCHEMAS_FOLDER OUTPUT_FOLDER
"""

import json
import sys
from pathlib import Path

from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

ours, out = map(Path, sys.argv[1:3])


def merged(defaults, folder, names):
    """The defaults by id, with the documents of the folder in their place or beside them."""
    documents = {document.id: document.model_dump() for document in defaults.values()}
    for name in names:
        document = json.loads((folder / name).read_text())
        document.pop("meta", None)
        documents[document["id"]] = document
    return list(documents.values())


def write(name, document):
    (out / name).write_text(json.dumps(document, indent=1))


write("schemas.json", merged(load_default_schemas(), ours, ["acme_user.json", "device.json"]))
write(
    "resource_types.json",
    merged(load_default_resource_types(), ours / "resource_types", ["user.json", "device.json"]),
)
config = load_default_service_provider_config().model_dump()
config["pagination"] = {
    "cursor": True,
    "index": True,
    "defaultPaginationMethod": "index",
    "defaultPageSize": 100,
    "maxPageSize": 1000,
    "cursorTimeout": 3600,
}
write("config.json", config)
