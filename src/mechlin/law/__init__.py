"""What is decided by rule: dated, pure functions with their references, for a simulated month and for a real case alike."""
