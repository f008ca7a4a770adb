"""talkies.plugin: the command line and the editors, which only call talkies.core."""
