"""What the model learns from and is judged by: recordings, their tables, effects at their onset, what is held out."""
