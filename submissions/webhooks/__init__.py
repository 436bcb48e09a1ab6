"""Other programs are told what happened: what there is to tell, for whom, and how it gets there.

A webhook is told of what its owner sees. What is told is read from what was committed, so that no message of the
queue can lose it, and each row once; sending is tried again for a day, and may come twice.
"""
