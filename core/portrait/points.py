"""Which of the mesh's 468 points are what; left and right are the picture's."""

from __future__ import annotations

POINTS = 468

UPPER_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
UPPER_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LOWER_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
"""From the left corner of the mouth to its right one."""

LEFT_UPPER_LID = (33, 246, 161, 160, 159, 158, 157, 173, 133)
LEFT_LOWER_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133)
RIGHT_UPPER_LID = (362, 398, 384, 385, 386, 387, 388, 466, 263)
RIGHT_LOWER_LID = (362, 382, 381, 380, 374, 373, 390, 249, 263)
"""From corner to corner."""

LEFT_BROW = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55)
RIGHT_BROW = (300, 293, 334, 296, 336, 276, 283, 282, 295, 285)

OUTER_EYES = (33, 263)
NOSE_TIP, NOSE_BRIDGE, FOREHEAD, CHIN = 1, 168, 10, 152
NOSTRILS = (98, 327)
STEADY = (33, 133, 362, 263, 168, 6, 197, 195, 9, 8, 151, 10, 109, 338, 127, 356, 234, 454, 98, 327, 2)
"""Points that stay with the skull, whatever is said."""
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152),
    *(148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The outline of the face, from the top clockwise."""
