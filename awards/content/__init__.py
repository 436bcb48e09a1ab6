"""What a publication holds beside its results, and how that is written down and read. Knows no publication."""
