"""Independent judges: what decides is said by ears that trained nothing and that we did not make.

    hearing.py     16 kHz, one level: how every judge is given a sound
    words.py       moonshine: the words of English speech                  ─┐
    naturalness.py DistillMOS and DNSMOS: how natural speech sounds, 1 … 5   ├─► speech.py   verdicts, figures
    likeness.py    Resemblyzer: whose voice it is                          ─┘
    yamnet.py      YAMNet: which of 521 classes a sound is                 ───► effects.py  verdicts, figures
    intervals.py   paired 95 % intervals, recordings resampled together with ours
    registry.py    the parts of ``talkies evaluate`` that they judge

They label, select and tune nothing. Each comes with the extra ``judges``; YAMNet's file with the data folder.
"""
