-- `rover.jwt` and what of `rover.password` does not wait, while routes are collected: a token is for a request.
local raise = ...
local setmetatable, tostring = setmetatable, tostring

local function in_requests(word)
  return function() raise(word .. " is called while the program loads, before there is a request") end
end

-- The address may come from the environment, which is empty here.
local published = setmetatable({}, {
  __index = function(_, key)
    return function() raise("rover.JwtKeys:" .. tostring(key) .. " waits, which nothing can while the program loads") end
  end,
  __metatable = "rover.jwt_keys",
})

return {
  jwt = {
    keys = function() return published end,
    sign = in_requests "rover.jwt.sign",
    verify = in_requests "rover.jwt.verify",
    claims = in_requests "rover.jwt.claims",
  },
  password = { needs_rehash = in_requests "rover.password.needs_rehash" },
}
