"""The built-in mailbox of a demonstration: takes every mail, delivers to nobody, and shows what came."""
