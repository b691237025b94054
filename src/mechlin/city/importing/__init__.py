"""From the files that statistics offices publish to the tables of a city, by a mapping that a person can read."""
