"""What the stills of the measurements say: lines with many lips that close and with a, i and u; and short ones."""

from __future__ import annotations

LINES = (
    "My mother bought a big blue map, and Papa put it up above the piano before Bob came home.",
    "We keep the boat in the bay. Please move the lamp, the beam is too bright for me to see you.",
    "The farmer and his team must feed the cows at noon, far from the blue moon and the deep sea.",
    "Pack the bags, call a cab, and bring me my coat. I mean to leave this room by half past two.",
    "You can see the park from up here. Bees hum, people sleep, and a cart moves past the tomb.",
    "Papa, may I be the barber? I promise to keep my palms calm, and to move the comb with me.",
    "Who made the soup? It smells of ham and beans. Bring a spoon, the bowl is by the big pan.",
    "A map of the moon, a bar of soap, three peas and a broom: that is all that my room has.",
    "Please remember me. Time moves on, but the balmy breeze of the palms will bring you home soon.",
    "The lamp is by the bed. Move it to the harp, and be so calm that nobody sees the ball.",
)
VOICES = ("clara", "arthur", "june", "robin", "clara", "magnus", "june", "arthur", "magnus", "robin")
SIX_WORDS = (
    "bin blue at f two now",
    "place red by b nine soon",
    "set white in m four please",
    "lay green with p five again",
    "bin white by o eight soon",
    "place blue in v one now",
    "set red at u six again",
    "lay white by e three please",
    "bin green with y seven now",
    "place white at i zero soon",
)
"""As the lip reader has learned to read them."""
