"""Facts read by a scheme's rules: points, what they were read from, what would earn more, and ranks."""
