"""Files on their way in: who is let in, and how long anybody may take."""
