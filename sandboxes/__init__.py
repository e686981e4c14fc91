"""Isolation: where candidate code runs, and nothing about datasets."""
