"""What is done with a publication that stands: people are told, a round follows it, another scheme is tried on it."""
