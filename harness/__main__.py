"""`python -m harness` is the command."""

from harness.cli import main

main()
