"""A suite is a file here: its first line says what it measures, and `run` measures it."""
