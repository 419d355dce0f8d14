"""Serves the client by Web WeChat: commands, directory, media, forwarding and late rejections."""
