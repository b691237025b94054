"""Results in words, tables, charts and pages."""
