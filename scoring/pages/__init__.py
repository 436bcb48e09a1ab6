"""What people see of scores, of ranks and of what is asked; each page reads and decides nothing."""
