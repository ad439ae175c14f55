package cli_test

const examples = "../examples"
