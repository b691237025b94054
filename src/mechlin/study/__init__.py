"""What is asked of many runs: comparisons, attribution, back-tests, calibration; their results know no page."""
