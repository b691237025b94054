"""How the tables came about, step by step; run by :func:`mechlin.desk.ground.database.Database.migrate`."""
