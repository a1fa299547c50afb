"""What `make check` asks beyond what linters ask: ``python -m tests.gates NAME``."""
