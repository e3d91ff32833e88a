# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of JSON Schema (draft 2020-12) that docs/schemas/ uses. A keyword that is not known here is an error, so
that no rule of a schema is silently ignored."""
import json
import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
NOTES = {"$schema", "$id", "title", "description"}


class Schemas:
    def __init__(self, directory):
        self.all = {path.name: json.loads(path.read_text()) for path in sorted(directory.glob("*.json"))}

    def problems(self, name, value):
        """What is wrong with value, as a list of sentences; empty if nothing is."""
        return list(self._check(self.all[name], value, "$"))

    def _check(self, schema, value, at):
        for keyword, rule in schema.items():
            if keyword in NOTES:
                continue
            check = getattr(self, "_" + keyword.lstrip("$").lower(), None)
            if check is None:
                yield f"{at}: the validator does not know {keyword}"
            else:
                yield from check(rule, value, at, schema)

    def _ref(self, rule, value, at, _):
        yield from self._check(self.all[rule], value, at)

    def _type(self, rule, value, at, _):
        kinds = rule if isinstance(rule, list) else [rule]
        if not any(TYPES[kind](value) for kind in kinds):
            yield f"{at}: {value!r} is no {' or '.join(kinds)}"

    def _enum(self, rule, value, at, _):
        if value not in rule:
            yield f"{at}: {value!r} is not one of {rule}"

    def _const(self, rule, value, at, _):
        if value != rule:
            yield f"{at}: {value!r} is not {rule!r}"

    def _pattern(self, rule, value, at, _):
        if isinstance(value, str) and not re.search(rule, value):
            yield f"{at}: {value!r} does not match {rule}"

    def _minlength(self, rule, value, at, _):
        if isinstance(value, str) and len(value) < rule:
            yield f"{at}: shorter than {rule}"

    def _maxlength(self, rule, value, at, _):
        if isinstance(value, str) and len(value) > rule:
            yield f"{at}: longer than {rule}"

    def _minimum(self, rule, value, at, _):
        if TYPES["number"](value) and value < rule:
            yield f"{at}: {value} is less than {rule}"

    def _maximum(self, rule, value, at, _):
        if TYPES["number"](value) and value > rule:
            yield f"{at}: {value} is more than {rule}"

    def _maxitems(self, rule, value, at, _):
        if isinstance(value, list) and len(value) > rule:
            yield f"{at}: more than {rule} items"

    def _items(self, rule, value, at, _):
        for i, item in enumerate(value if isinstance(value, list) else []):
            yield from self._check(rule, item, f"{at}[{i}]")

    def _required(self, rule, value, at, _):
        for key in rule:
            if isinstance(value, dict) and key not in value:
                yield f"{at}: {key} is missing"

    def _properties(self, rule, value, at, _):
        for key, sub in rule.items():
            if isinstance(value, dict) and key in value:
                yield from self._check(sub, value[key], f"{at}.{key}")

    def _additionalproperties(self, rule, value, at, schema):
        for key in value if isinstance(value, dict) else []:
            if key in schema.get("properties", {}):
                continue
            if rule is False:
                yield f"{at}: {key} is not expected"
            elif isinstance(rule, dict):
                yield from self._check(rule, value[key], f"{at}.{key}")


class OpenApi(Schemas):
    """The same for the schemas inside an OpenAPI 3.1 document."""

    def __init__(self, document):
        self.document = document

    def problems(self, schema, value):
        return list(self._check(schema, value, "$"))

    def resolve(self, node):
        """What a $ref of the document leads to; anything else is itself."""
        while "$ref" in node:
            found = self.document
            for part in node["$ref"][2:].split("/"):
                found = found[part]
            node = found
        return node

    def _ref(self, rule, value, at, _):
        yield from self._check(self.resolve({"$ref": rule}), value, at)

    def _allof(self, rule, value, at, _):
        for part in rule:
            yield from self._check(part, value, at)

    def _oneof(self, rule, value, at, _):
        fitting = sum(not list(self._check(part, value, at)) for part in rule)
        if fitting != 1:
            yield f"{at}: fits {fitting} of {len(rule)} schemas, not one"

    def _format(self, rule, value, at, _):
        forms = {"date": r"\d{4}-\d\d-\d\d", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)"}
        if rule not in forms:
            yield f"{at}: the validator does not know the format {rule}"
        elif isinstance(value, str) and not re.fullmatch(forms[rule], value):
            yield f"{at}: {value!r} is no {rule}"

    def _default(self, rule, value, at, schema):
        yield from ()
