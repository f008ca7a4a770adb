"""The networks: codec, flow transformer, sampling; their configuration and weights."""
