"""When pictures of a movie show: stamps of packets, rate, first and last, where decoding may begin."""
