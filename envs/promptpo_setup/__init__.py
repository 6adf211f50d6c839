"""Sets the project up and starts its parts.

Runs before anything is installed, so it uses the standard library only. ``./promptpo`` finds a
Python and executes this folder.
"""
