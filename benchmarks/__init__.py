"""What prints the figures that the README quotes. Never a timed test."""
