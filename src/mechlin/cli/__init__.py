"""The command line: thin commands, everything heavy imported inside them."""
