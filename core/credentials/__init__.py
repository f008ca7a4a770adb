"""Credentials: each file that is made says, signed, what made it and of what (C2PA, the extra ``credentials``).

    who signs (authority) ─► what is said (manifest, of which films) ─► signed last (signing, embedding)
    any file ─► what it says and whether that still holds (reading, canonical)

Nothing of it leaves the machine: no time-stamp server, no revocation list and no remote manifest is asked.
docs/provenance.md says what is promised.
"""
