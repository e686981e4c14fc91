"""One file per language: its grammar and how its definitions are read. Found by being here."""
