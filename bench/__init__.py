"""Measurements that can be repeated, and their bars."""
