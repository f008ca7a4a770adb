"""Words in and beside a timeline: subtitles, titles, transcripts, languages."""
