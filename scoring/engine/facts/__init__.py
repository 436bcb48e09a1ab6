"""What is known of an entrant, what is asked of one, and the words and days that both are told in."""
