"""Pages of what was announced: publishing, publications, and rounds made from them."""
