"""Executes notebooks without a browser and keeps what they show (``python -m`` this)."""
