"""All that a workspace holds, as one ZIP that belongs to its owner and can be brought back.

Each feature gives its own tables (queries.whole, operations.whole) and knows nothing of archives;
here they are put together.
"""
