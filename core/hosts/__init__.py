"""The boundary to editors: what a host offers, the bridge to one over a pipe, where takes are placed."""
