"""OpenTimelineIO plugin: subtitle files as timelines, and a hook that adds sound while a timeline is written.

``plugin_manifest.json`` names the parts; OpenTimelineIO finds it through the entry point ``opentimelineio.plugins``.
Every program that uses OpenTimelineIO in this environment then has them, so nothing heavy is imported here.
"""
