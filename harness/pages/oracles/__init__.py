"""The oracles of the twelve variant types, a file for each family."""
