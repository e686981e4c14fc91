"""The parts of a visit: each measures one thing and lays it into the evidence."""
