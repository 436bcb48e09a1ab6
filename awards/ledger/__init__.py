"""What is kept of the log outside it. Reads events, never writes facts."""
