"""Real cases: files, decisions with their reasons, and the log of who decided what, for a caseworker at a desk.

Walled off from the simulation in both directions. It may import core, evidence and law, whose rules it shares with a
simulated month; only the command line may import it.
"""
