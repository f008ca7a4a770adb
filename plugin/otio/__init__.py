"""What talkies adds to OpenTimelineIO itself: subtitle files as timelines, and sound made while a timeline is written.

``plugin_manifest.json`` names the parts; OpenTimelineIO finds it through the entry point ``opentimelineio.plugins``.
Every program that uses OpenTimelineIO in this environment then has them, so nothing heavy is imported here.
"""
