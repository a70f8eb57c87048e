"""Side by side: this package, the job that it replaces, and the usual way with REST lists.

``python -m benchmarks`` prints the report; docs/benchmarks.md is one of them.
"""
