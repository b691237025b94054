"""Runs: computed one at a time or many at once, each written to disk once, whole, and never changed."""
