"""The pages of a desk: plain HTML that needs no script, made from what procedures declare."""
