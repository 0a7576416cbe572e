import toy_that_does_not_exist

TWICE = 2.0
toy_that_does_not_exist.register(TWICE)
