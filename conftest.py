pytest_plugins = ["exchain.pytest_plugin"]
