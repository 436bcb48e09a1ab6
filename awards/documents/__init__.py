"""What is made of a publication to print, to send and to take away."""
