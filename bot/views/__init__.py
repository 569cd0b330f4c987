"""How people see it: pure functions from what was looked up to blocks."""
