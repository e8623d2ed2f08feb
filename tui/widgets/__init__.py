"""Widgets that several screens use; they draw a model and post messages."""
