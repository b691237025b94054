"""Scalar rules that a social scientist can read and a test can call, and the loops that apply them.

The mechanism of the same name declares the parameters, columns and levers, and calls these loops.
"""
