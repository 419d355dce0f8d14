"""Files on this machine: safe writes, safe names, types by content, copies of files to send."""
