"""The door: wrong tries to log in, browsers that are known, and what is asked of a person before anything else."""
