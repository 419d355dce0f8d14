"""Keys: the defaults, a person's key map, their names, and what terminals send for them."""
