local api = rover.server {
  trusted_proxies = {
    "10.0.0.0/33", "fd00::1/8",
    "10.0.0.0/8:80", 10, { "loopback" },
    "10.1.2.3",
  },
}
return api
