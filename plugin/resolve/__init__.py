"""talkies inside DaVinci Resolve, in both of its editions.

    Studio (and the free edition before 21.1)         free edition since 21.1: Lua only, in a sandbox
    ─────────────────────────────────────────         ────────────────────────────────────────────────
    Workspace ▸ Scripts ▸ Talkies                     talkies resolve panel
      scripts/Talkies.py   the menu entry               lua_transport.py   writes request.lua, reads Fusion.prefs
      inside/              answers the panel                  ▲ preferences            │ file
        │ starts, and talks to                                │                        ▼
      talkies panel --bridge                            scripts/Talkies.lua   the menu entry: polls, runs, answers
                                                        inside/lua/           what it runs: part of every request

The menu entries are thin and the work lies in ``inside/``, which is always as new as the talkies that is installed.
Both speak the bridge's protocol (core/hosts/bridge.py), so that talkies does not know which of them it talks to.

    places.py      where Resolve keeps its scripts and preferences; what is installed there
    installing.py  puts the menu entries there and reads them back
"""
