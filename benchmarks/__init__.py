"""Compares this package with the job that it replaces and with the usual REST lists.

``python -m benchmarks`` prints the report; docs/benchmarks.md is one of them.
"""
