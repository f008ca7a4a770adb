"""What a run will make, known before anything is computed: its sounds, warnings, disk space and work."""
