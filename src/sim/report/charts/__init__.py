"""Charts of the report: SVG that is complete without scripts, and the numbers that a small script redraws it from."""
