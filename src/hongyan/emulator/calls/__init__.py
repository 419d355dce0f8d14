"""The endpoints of the service, one module for each part of the protocol, each with its `ROUTES`."""
