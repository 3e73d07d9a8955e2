local api = rover.server { trusted_proxies = "loopback", trust_proxy = true }
return api
