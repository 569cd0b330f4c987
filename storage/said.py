"""Where Baton has said something lately."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, select, union

from storage.records import Way
from storage.tables import identity, notice, pace


def places_since(
    connection: Connection, since: datetime
) -> list[tuple[str, str | None]]:
    """Return each channel, and each thread in one, in which something was posted.

    It goes by the times that Slack gave the messages.
    """
    root = notice.alias("root")
    # A direct message about a thread stands outside of it.
    thread = case((notice.c.recipient_id.is_(None), root.c.sent_ts))
    channels = union(
        select(pace.c.conversation),
        select(identity.c.dm_channel).where(identity.c.dm_channel.is_not(None)),
    )
    rows = connection.execute(
        select(notice.c.channel_id, thread.label("thread"))
        .outerjoin(root, root.c.id == notice.c.root_id)
        .where(
            notice.c.channel_id.in_(channels),
            notice.c.sent_ts >= f"{since.timestamp():.6f}",
            notice.c.way == Way.POST,
        )
        .distinct()
    )
    return sorted(((row.channel_id, row.thread) for row in rows), key=str)
