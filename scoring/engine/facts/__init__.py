"""What is known of an entrant and asked of one, what a score was read from, and the words and days of all that."""
