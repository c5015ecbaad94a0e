"""The command line: one file a verb, each composing the rooms of the house."""
