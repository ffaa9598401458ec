"""The workflows: readable lists of steps, and the only modules that know every edge."""
