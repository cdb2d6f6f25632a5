"""One module a kind of learner: fit on published features, evaluate on what was held out, save without pickles."""
