"""Commands that say what there is: settings, operations, what is imitated, the commands themselves."""
