"""One builder for each call of a login: a command in, a ``Call`` out that holds the request and reads its answer."""
