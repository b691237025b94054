"""Measures and methods that know no city: segregation, scores, shares of a joint effect, approximations."""
