"""What people do with their accounts: what is recorded of it, their sessions, and their e-mail address."""
