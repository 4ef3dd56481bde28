"""The Go suite beside ours: what the commands in this folder are made of.

Needs Python 3.11, its standard library, Linux and root: a testbed here has a network namespace of its own.
"""
