-- What a program finds, for `tests/vocabulary.rs`, which compares it with the rows of the vocabulary. What is found
-- while the program loads becomes routes: a worker in which others are found does not start.
local api = rover.server {}

-- A hook is one word, whatever it is made of.
local function walk(prefix, t, each)
  for name, value in pairs(t) do
    if type(name) == "string" then
      local word = prefix .. name
      each(word, type(value))
      local is_library = type(value) == "table" and getmetatable(value) ~= "rover.hook"
      if is_library and value ~= _G and value ~= package.loaded then walk(word .. ".", value, each) end
    end
  end
end

local function nothing() end
walk("", _G, function(word, kind) api.words[kind][word].get = nothing end)

function api.running.get()
  local found = {}
  walk("", _G, function(word, kind) found[word] = kind end)
  return found
end

-- The type of a member, or `nil`.
local function member(of, name)
  local ok, value = pcall(function() return of[name] end)
  return ok and type(value) or nil
end
local objects = {
  ctx = function(ctx) return ctx end,
  body = function(ctx) return ctx:body() end,
  response = function() return api.text "x" end,
  guard = function() return rover.guard end,
  schema = function() return rover.guard:string() end,
  server = function() return api end,
  redirect = function() return api.redirect end,
  json = function() return api.json end,
}
function api.members.p_object.post(ctx)
  local object, found = objects[ctx:params().object](ctx), {}
  for name in ctx:query().names:gmatch "[^,]+" do found[name] = member(object, name) end
  return found
end

-- What is said of an option that cookies do not have names all that they have.
function api.cookie.get()
  local options = { zzz = true }
  local _, message = pcall(function() return api.text "x":cookie("a", "b", options) end)
  return { message = message }
end

return api
