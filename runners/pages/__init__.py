"""Pages: one document opened in a real browser, exercised and measured from outside."""
