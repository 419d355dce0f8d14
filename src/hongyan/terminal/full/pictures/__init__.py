"""Pictures in a terminal: decoded safely, drawn in cells or by the terminal itself."""
