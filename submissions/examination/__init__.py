"""What a machine sees of a file handed in: its pages, its minutes, and what else it looks like. It decides nothing.

`pdf`, `picture`, `video`, `office`, `page` and `text` are readers of `submissions.files.confined`: they import nothing
of Django.
"""
