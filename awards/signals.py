"""What is said of publications to whoever wants to know."""

from django.dispatch import Signal

# Said once a publication holds, with publication: documents are made of it, and people are told.
published = Signal()
# Said once signed copies are kept, with copies: their files are looked through.
signed = Signal()
