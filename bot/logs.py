"""The log: static event names with ids. Never a body, a text or a token."""

from __future__ import annotations

import logging

import structlog

from bot.settings import LogStyle


def set_up_logs(style: LogStyle, *, quiet: bool = False) -> None:
    """Write structured lines to standard error; libraries speak only of trouble."""
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style is LogStyle.JSON
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING if quiet else logging.INFO)
    for name in ("apscheduler", "slack_sdk", "slack_bolt", "alembic", "uvicorn"):
        # Libraries log request bodies at lower levels, with what people wrote.
        logging.getLogger(name).setLevel(logging.WARNING)
    # It writes a line of its own for each call that fails; what a failed call means
    # is said by Baton, once.
    logging.getLogger("slack_sdk.web").setLevel(logging.CRITICAL)
