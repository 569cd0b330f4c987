"""For developers: writes the parts of the docs that are derived from the code."""
