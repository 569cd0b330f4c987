"""The rules: what may happen. Pure: no Slack, no SQL, no clock, no I/O."""
