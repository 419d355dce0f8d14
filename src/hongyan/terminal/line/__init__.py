"""Line mode: what is typed is carried out, what comes in is printed a line at a time."""
