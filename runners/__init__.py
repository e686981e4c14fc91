"""Languages: how a pair's code is run and how the result is read."""
