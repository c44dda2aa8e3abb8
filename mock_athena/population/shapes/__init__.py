"""How one and the same population is rendered: as the integration guide shows it, or as the real API sends it.

A shape is a function from the resources of one patient (or of the practice) to those that are served; it draws from a
random stream of its own and never changes what it is given, since resources share parts.
"""
