"""How fast Baton is on this machine. Numbers to compare, not to promise."""
