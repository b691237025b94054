"""What every procedure stands on: the log, the database, sealed personal data, accounts, roles, backup."""
