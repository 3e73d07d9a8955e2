-- `rover.jwt` and what of `rover.password` does not wait, while routes are collected: a token is for a request.
local raise = ...

local function in_requests(word)
  return function() raise(word .. " is called while the program loads, before there is a request") end
end

return {
  jwt = {
    sign = in_requests "rover.jwt.sign",
    verify = in_requests "rover.jwt.verify",
    claims = in_requests "rover.jwt.claims",
  },
  password = { needs_rehash = in_requests "rover.password.needs_rehash" },
}
