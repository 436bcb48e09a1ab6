"""Files as such: who may send one and how fast, what it is, how it is opened behind limits, and what it is known by."""
