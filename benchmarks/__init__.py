"""Prints the figures that the README quotes: `python -m benchmarks NAME`."""
