"""The pure core: decides who owns what and in which order it may go. No I/O, no clock, standard library only."""
