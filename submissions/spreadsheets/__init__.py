"""What is made of a spreadsheet that people send: where its table lies, and what is wrong or strange in it."""
