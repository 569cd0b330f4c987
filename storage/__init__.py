"""What is kept: tables, the unit of work, sealed columns, the audit chain."""
