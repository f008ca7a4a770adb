"""An engine for talkies: a tone while somebody speaks, a burst where something strikes."""
