"""Training: ``talkies train`` runs the stages of a configuration one after another."""
