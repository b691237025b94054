"""Cases: what a procedure declares, what may follow, who may do it, who signs, by when, and the letter that says why."""
