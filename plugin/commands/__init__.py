"""One file per command of ``talkies``: ``add_arguments`` describes it, ``run`` does it and returns the exit code."""
