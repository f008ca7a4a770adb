"""Assistants inside editors: what a worker can be asked, as tools of the Model Context Protocol (the extra ``mcp``)."""
