"""What is seen of all offices together: read from the facts whenever it is asked for, and kept nowhere."""
