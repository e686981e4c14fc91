"""Pages: what their text proves, the cases of their sketches, and what a visit is judged by."""
