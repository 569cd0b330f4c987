"""Time: due reminders are handled, notices reach Slack once. Knows no kind by name."""
