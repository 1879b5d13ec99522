"""What docs/openapi.json and docs/asyncapi.json say, asked whether it is so."""

import functools
import json
from pathlib import Path

import jsonschema_rs

DOCS = Path(__file__).resolve().parents[2] / "docs"
# What events a message may be, by its name; the greeting of a stream has another form than that of a WebSocket.
MESSAGES = {
    "connection.ready": "ConnectionReady", "subscription.confirmed": "SubscriptionConfirmed", "snapshot": "Snapshot",
    "position": "Position", "pong": "Pong", "error": "ErrorMessage"}
EVENTS = {
    "task.created": "TaskCreated", "task.updated": "TaskUpdated", "task.moved": "TaskMoved",
    "task.deleted": "TaskDeleted", "project.updated": "ProjectUpdated"}


@functools.cache
def document(name: str) -> dict:
    return json.loads((DOCS / f"{name}.json").read_text())


@functools.cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(f"taskflow:///{name}.json", document(name)) for name in ("openapi", "asyncapi")])


@functools.cache
def validator(name: str, schema: str) -> jsonschema_rs.Validator:
    """That of a schema among the document's components."""
    # References within the document begin at its own address, those to the other one stand beside it.
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"taskflow:///{name}.json#/components/schemas/{schema}"}, registry=_registry(),
        validate_formats=True)


def check_message(message: dict, of_stream: bool = False) -> dict:
    """The message of a WebSocket or of a stream of events, which has to be one that the documents describe."""
    event = message["event"]
    if event in EVENTS:
        checked = validator("openapi", EVENTS[event])
    else:
        checked = validator("asyncapi", "StreamReady" if of_stream and event == "connection.ready" else MESSAGES[event])
    if not checked.is_valid(message):
        faults = [(error.instance_path, error.message) for error in checked.iter_errors(message)]
        raise AssertionError(f"no {event} as the documents have it: {faults}\n{message}")
    return message
