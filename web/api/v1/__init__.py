"""The first version of the programmes' door: one module per resource."""
