"""The description of the interface for programs, as it truly answers, and the page to read it on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.openapi.plugins import JsonRenderPlugin

from app import rooms
from app.commands import Command
from app.web.forms import _plain, rest_of
from app.web.visit import path_of

SCHEMAS = "#/components/schemas/"
PROBLEM_MEDIA = "application/problem+json"
INTRODUCTION = (
    "Everything the pages can do, for programs. Sign in at /sign-in and send the cookies along; "
    "each POST repeats the value of the cookie csrf in the header x-csrftoken. Amounts are integers in øre, "
    "measures are decimals written as text, instants carry their time zone. Sentences come in the caller's language: "
    "the cookie language, else the language of the person signed in, else Accept-Language (nb, nn, en)."
)
REFUSALS: dict[str, str] = {
    "400": "A parameter of the address cannot be read.",
    "401": "Nobody is signed in.",
    "403": "The person may see this but not do it, or x-csrftoken is missing or wrong.",
    "404": "It does not exist, or the person may not know that it does.",
    "409": "Blocked: reasons holds everything that is missing. Or changed by somebody else since: reasons is absent.",
    "413": "The body is larger than 2 000 000 bytes, or a file larger than this installation takes.",
    "422": "The body cannot be taken: fields holds what is wrong with each.",
    "500": "A fault on the server's side; nothing was changed.",
    "503": "What it is made of cannot be had right now; Retry-After says when to come back.",
}
TEXT = {"type": "string"}
FILE_BODY = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
    "description": "One file, under its own name.",
}
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Problem details (RFC 9457). Programs go by the codes; titles and sentences are for people.",
    "type": "object",
    "required": ["type", "title", "status"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "description": "/problems/ and the kind of refusal, or about:blank"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "instance": {"type": "string", "description": "the address that was called"},
        "reasons": {
            "type": "array",
            "description": "everything that is missing for the step",
            "items": {
                "type": "object",
                "required": ["code", "sentence", "link", "who", "people", "parameters"],
                "additionalProperties": False,
                "properties": {
                    "code": TEXT,
                    "sentence": TEXT,
                    "link": {"type": "string", "description": "the page where it is mended, or empty"},
                    "who": {"type": "array", "items": TEXT, "description": "the roles that can mend it"},
                    "people": {"type": "array", "items": TEXT, "description": "those who hold them, by name"},
                    "parameters": {"type": "object", "additionalProperties": True},
                },
            },
        },
        "fields": {
            "type": "object",
            "description": "what is wrong with each field of the body; the key body stands for the whole of it",
            "additionalProperties": {
                "type": "object",
                "required": ["code", "sentence"],
                "additionalProperties": False,
                "properties": {"code": TEXT, "sentence": TEXT},
            },
        },
        "waivable": {"type": "array", "items": TEXT, "description": "codes of reasons that can be waived"},
    },
}


PERSONAL_DATA = "why a telephone number or an e-mail address stands in a text all the same; asked for with 422"


def _row_of(kind: Any) -> type[msgspec.Struct] | None:
    """What the rows of a list are, where they are objects."""
    first = get_args(kind)[0] if get_origin(kind) is tuple else None
    return first if isinstance(first, type) and issubclass(first, msgspec.Struct) else None


def _row_schema(row: type[msgspec.Struct], named: dict[str, Any]) -> dict[str, Any]:
    """One row of a list, described field by field as a body is, for its decimals have limits too."""
    hints = get_type_hints(row, include_extras=True)
    fields = msgspec.structs.fields(row)
    schema = {
        "type": "object",
        "properties": {each.encode_name: _field_schema(hints[each.name], named) for each in fields},
    }
    required = [each.encode_name for each in fields if each.required]
    return schema | ({"required": required} if required else {})


def _field_schema(hint: Any, named: dict[str, Any]) -> dict[str, Any]:
    """The schema of one field of a body; structs it is made of are added to `named`."""
    kind, limits, optional = _plain(hint)
    if kind is Decimal:  # msgspec describes no limits on decimals
        schema: dict[str, Any] = {"type": ["string", "number"] + (["null"] if optional else []), "format": "decimal"}
        bounds = [f"{word} {value}" for word, value in (("at least", limits and limits.ge), ("at most", limits and limits.le))
                  if value is not None]  # fmt: skip
        return schema | ({"description": ", ".join(bounds)} if bounds else {})
    if (row := _row_of(kind)) is not None:
        schema = {"type": "array", "items": _row_schema(row, named)}
        return schema | ({"maxItems": limits.max_length} if limits and limits.max_length is not None else {})
    (schema,), parts = msgspec.json.schema_components([hint], ref_template=SCHEMAS + "{name}")
    named.update(parts)
    return schema


def body_schema(command: Command, named: dict[str, Any]) -> dict[str, Any]:
    """What a command takes: a closed object, for unknown fields are refused."""
    hints = get_type_hints(command.input, include_extras=True)
    properties: dict[str, Any] = {}
    patterns: dict[str, Any] = {}
    required = []
    for field in msgspec.structs.fields(command.input):
        hint = hints[field.name]
        if (prefix := rest_of(hint)) is not None:
            patterns[f"^{prefix}"] = {"description": "as the form that it belongs to declares it"}
            continue
        properties[field.encode_name] = _field_schema(hint, named)
        if field.required and type(None) not in get_args(hint):
            required.append(field.encode_name)
    if command.looks_for_personal_data and properties:
        properties["personal_data_why"] = {"type": "string", "maxLength": 4000, "description": PERSONAL_DATA}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if patterns:
        schema["patternProperties"] = patterns
    if required:
        schema["required"] = required
    if command.input.__doc__:
        schema["description"] = command.input.__doc__
    return schema


def _refused(*statuses: str) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _takes_files() -> set[str]:
    """The addresses whose body is a file."""
    return {
        "/api/v1" + re.sub(r":\w+}", "}", path) for handler in rooms.uploads("api") for path in handler.paths
    }  # fmt: skip


def _describe_command(
    operation: dict[str, Any], command: Command | None, named: dict[str, Any], *, takes_file: bool
) -> None:
    if takes_file:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": FILE_BODY}}}
    elif command is not None and msgspec.structs.fields(command.input):
        name = f"{operation['operationId']}_input"
        named[name] = body_schema(command, named)
        operation["requestBody"] = {
            "required": bool(named[name].get("required")),
            "content": {"application/json": {"schema": {"$ref": SCHEMAS + name}}},
        }
    operation["security"] = [{"session": [], "csrf": [], "token": []}]
    operation["responses"]["200"]["description"] = "Done: the row it made or changed."
    operation["responses"] |= _refused("401", "403", "404", "409", "413", "422", "500", "503")


def _describe_read(operation: dict[str, Any]) -> None:
    text = operation.get("description", "").strip()
    if text:
        operation["summary"] = text.splitlines()[0].rstrip(".")
    operation["security"] = [{"session": []}]
    operation["responses"]["200"]["description"] = "What was asked for."
    operation["responses"] |= _refused("400", "401", "403", "404", "500", "503")
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "after":
            parameter["description"] = "The id of the last row of the page before: the rows that follow it."


def describe(schema: dict[str, Any], commands: Iterable[Command]) -> dict[str, Any]:
    """The framework's description made whole: bodies, refusals and who may call."""
    # through JSON once, so that every value is one that JSON has
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema, enc_hook=str))
    named: dict[str, Any] = document["components"]["schemas"]
    by_path = {
        f"/api/v1/{path_of(each.subject)}/" + ("" if each.on_collection else "{subject_id}/") + each.verb: each
        for each in commands
    }
    with_files = _takes_files()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            operation["responses"] = {"200": operation["responses"]["200"]}
            if method == "post":
                _describe_command(operation, by_path.get(path), named, takes_file=path in with_files)
            else:
                _describe_read(operation)
    named["Problem"] = PROBLEM
    components = document["components"]
    components["responses"] = {
        status: {"description": text, "content": {PROBLEM_MEDIA: {"schema": {"$ref": SCHEMAS + "Problem"}}}}
        for status, text in REFUSALS.items()
    }
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "Set by /sign-in."},
        "csrf": {"type": "apiKey", "in": "cookie", "name": "csrf", "description": "Set by any page that is read."},
        "token": {"type": "apiKey", "in": "header", "name": "x-csrftoken", "description": "The cookie csrf again."},
    }
    document["info"]["description"] = INTRODUCTION
    document["servers"] = [{"url": "/"}]
    tags = {tag for item in document["paths"].values() for each in item.values() for tag in each.get("tags", [])}
    document["tags"] = [{"name": tag} for tag in sorted(tags)]
    return document


def description_of(app: Litestar) -> bytes:
    """The description as JSON, made once."""
    if "interface" not in app.state:
        app.state.interface = msgspec.json.encode(describe(app.openapi_schema.to_schema(), rooms.commands()))
    found: bytes = app.state.interface
    return found


class Described(JsonRenderPlugin):
    """The whole description where the framework would serve its own."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as JSON."""
        return description_of(request.app)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drivkraft: the interface for programs</title>
<link rel="icon" href="/static/logo.svg">
<link rel="stylesheet" href="/static/vendor/swagger-ui.css">
<script src="/static/vendor/swagger-ui-bundle.js" defer></script>
<script src="/static/js/interface.js" defer></script>
</head>
<body>
<div id="interface" data-description="/api/v1/openapi.json"></div>
<noscript><p>This page needs JavaScript. The description: <a href="/api/v1/openapi.json">openapi.json</a></p></noscript>
</body>
</html>
"""


@get("/api/v1/openapi.json", public=True, include_in_schema=False)
async def read_description(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description of the interface (OpenAPI 3.1)."""
    return Response(description_of(request.app), media_type=MediaType.JSON)


@get("/api/v1/docs", public=True, include_in_schema=False, media_type=MediaType.HTML)
async def read_docs() -> str:
    """The same to read and try in a browser."""
    return PAGE


ROUTES = [read_description, read_docs]
