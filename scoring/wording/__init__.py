"""What schemes, rules and scores are called, in Thai and English."""
