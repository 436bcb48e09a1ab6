"""Whether the log holds, and whether it explains every row. Reads facts and events; writes only what scoring hangs on.

`carried` says what an event carries of its row, `replay` what the rows must say, `rows` what they do;
`check` compares them.
"""
