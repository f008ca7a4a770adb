"""What the reference's transformer is told, from files and programs that lie beside a user's checkpoint.

phones.py (lines → ids), clip.py (pictures → CLIP), programs.py (everything else, by programs of the user's)
─► shapes.py: whether it is what it should be ─► conditions.py: together, for one brief ─► core/engines/vssflow.py
"""
