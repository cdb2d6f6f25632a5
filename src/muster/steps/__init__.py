"""One module a step; a step is one public function of the same name."""
