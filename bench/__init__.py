"""Measurements that can be repeated: does a million records cost as much as a thousand?"""
