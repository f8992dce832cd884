"""The log: one JSON object a line on standard error, without anything that a person wrote or is called."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

PERSONAL = {"text", "name", "email", "user", "body", "fields", "card", "note", "token", "password"}
"""Keys whose values never reach the log, whoever passes them by mistake."""
QUIET = ("slack_bolt", "slack_sdk", "botbuilder", "botframework", "apscheduler", "aiohttp.access", "alembic", "msal")
"""Libraries that write down what people said, or every request, below the level of a warning."""


def set_up(level: int = logging.INFO) -> None:
    """From here on everything that is logged, by us or by a library, is a JSON line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_people,
                # Without the frames' locals: they hold what people wrote.
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                without_messages,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def without_people(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The entry with personal values blotted out."""
    return {key: "(left out)" if key in PERSONAL else value for key, value in entry.items()}


def without_messages(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The entry with exceptions' places and types, but not their messages, which quote rows and payloads."""
    _blot(entry.get("exception"))
    return entry


def _blot(errors: Any) -> None:
    for error in errors or ():
        error["exc_value"] = "(left out)"
        error.pop("exc_notes", None)
        for group in error.get("exceptions") or ():
            _blot(group)
