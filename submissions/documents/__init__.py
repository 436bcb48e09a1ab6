"""Paper: how HTML becomes a PDF, and the forms of a scheme filled in."""
