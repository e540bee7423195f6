"""Long work with real progress: exports, imports, statements, verification.

A feature calls `operations.start_job` with the dotted path of a function that takes a `Work`;
the worker runs it, whoever asked watches the row, and a file, if one is made, is theirs alone.
"""
