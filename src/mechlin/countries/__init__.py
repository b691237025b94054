"""What is known of whole countries, one file each: read by `mechlin.city.tables.countries`."""
