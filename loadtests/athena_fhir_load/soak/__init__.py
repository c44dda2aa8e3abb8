"""A million requests with faults on: does memory stay, is a file, a thread or a temporary left behind?"""
