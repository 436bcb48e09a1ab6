"""Accounts: wrong tries to log in, what is asked before anything else, what is recorded, sessions and addresses."""
