"""A scheme's text: read, proofread with every fault at once, and what it is once it has been read."""
