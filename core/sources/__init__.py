"""Sources of effects: whatever makes the sound of a spot, behind one door, and the sum of a shot's spots.

spot ─► chosen: rules, network, library or file ─► its sound, by itself, remembered ─► the sum of a shot, or clips

One spot is one sound. Nothing of it depends on another spot, but the object that is struck: all that strikes in a shot
by one name strikes the same thing. So a spot that is edited changes its own window and no other sample.
"""
