"""Results on disk: each run is written once, whole, and never changed."""
