"""Pages without a log-in: what was announced, and nothing that is not."""
