"""What really happened: observed series, effects estimated from them, and the register of forecasts made beforehand.

Stands beside study and never runs a city: a forecast arrives here as a stored record. It may import the city's
tables, law, statistics, evidence and core.
"""
