"""What a city lacks is borrowed, openly: from its country, a neighbour or a model; each cell with its donor and spread."""
