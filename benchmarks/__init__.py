"""How fast Mechlin is, beside a reference loop on the same machine."""
