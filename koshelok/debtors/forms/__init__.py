"""Forms of the pages of the book, one module for each part."""
