"""The same work in Lua, for the free edition: plugin/resolve/lua_transport.py puts it into every request."""
