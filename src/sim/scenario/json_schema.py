"""The JSON Schema of scenario files, by which editors complete and check them while one writes."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sim.scenario import registries
from sim.scenario.schema import model_of_file

__all__ = ["json_schema", "json_schema_text"]


class _Plain(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes up from the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the format of scenario files."""
    made = model_of_file().model_json_schema(by_alias=True, schema_generator=_Plain)
    made = _tidied(made)
    for key, source in registries.sources().items():
        if getattr(source, "shorthand", ""):
            listed = made["$defs"]["Community"]["properties"]
            said = {"description": listed[key].pop("description", "")}
            listed[key] = said | {"anyOf": [listed[key], {"type": "string"}]}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Scenario file"}
    return head | {key: item for key, item in made.items() if key != "title"}


def json_schema_text() -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidied(node: Any, names: bool = False) -> Any:
    """Drop defaults that say nothing.

    Parameters
    ----------
    node
        A part of a JSON Schema.
    names
        Whether the keys of the node are names of fields, of which none is dropped.
    """
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = node.items() if names else ((k, v) for k, v in node.items() if not (k == "default" and v is None))
    return {key: _tidied(item, names=key in ("properties", "$defs") and not names) for key, item in kept}
