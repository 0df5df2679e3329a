"""The villager's web page: plain forms, complete without JavaScript."""
