"""Files on this machine: safe writes, safe names, what a file is by its bytes, copies of what is to be sent."""
