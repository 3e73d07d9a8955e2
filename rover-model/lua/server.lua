-- The recording server: what `rover.server` returns.
--
-- Indexing the server grows a path, assigning a function records an entry. It runs
-- at build, where the compiler reads the entries, and in every worker, where the
-- runtime takes the handlers. Nodes hold nothing themselves, so that every
-- assignment, the second to the same key too, is seen.
local setmetatable, rawget, type, tostring, error = setmetatable, rawget, type, tostring, error
local getinfo, sort, pairs = debug.getinfo, table.sort, pairs

local M = {}

local state = setmetatable({}, { __mode = "k" }) -- node -> { server, path, children }

local node_mt = { __metatable = "rover.server" }

-- Where the program is: the innermost function that is not one of ours.
local function where()
  local level = 3
  local info = getinfo(level, "Sl")
  while info and info.source == "=rover" do
    level = level + 1
    info = getinfo(level, "Sl")
  end
  return info or {}
end

local function node(server, path)
  local t = setmetatable({}, node_mt)
  state[t] = { server = server, path = path, children = {} }
  return t
end

local function child(s, key)
  local found = s.children[key]
  if found then return found end
  local path = {}
  for i = 1, #s.path do path[i] = s.path[i] end
  path[#path + 1] = key
  local t = node(s.server, path)
  s.children[key] = t
  return t
end

function node_mt.__index(t, key)
  local s = state[t]
  if #s.path == 0 then
    local builder = s.server.builders[key]
    if builder ~= nil then return builder end
  end
  if s.server.sealed then return nil end
  return child(s, key)
end

function node_mt.__newindex(t, key, value)
  local s = state[t]
  local server = s.server
  if server.sealed then
    error("routes can only be defined while the program loads", 2)
  end
  local info = where()
  server.entries[#server.entries + 1] = {
    path = s.path, key = key, value = value, source = info.source, line = info.currentline,
  }
  -- A table of routes assigned whole: `api.users = { get = function ... }`.
  if type(value) == "table" and not state[value] then
    server.entries[#server.entries] = nil
    local sub = child(s, key)
    -- In one order always: `pairs` has another one in every VM.
    local keys = {}
    for k in pairs(value) do keys[#keys + 1] = k end
    sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for i = 1, #keys do sub[keys[i]] = value[keys[i]] end
  end
end

function node_mt.__call(t)
  local s = state[t]
  error("'" .. tostring(s.path[#s.path]) .. "' is not a function of the server", 2)
end

--- A new server. `builders` are the functions reached as `api.json`, `api.text`, ...
function M.new(options, builders)
  local server = { options = options, builders = builders, entries = {}, sealed = false }
  local root = node(server, {})
  server.root = root
  return root
end

--- What indexing the server with a key gives where no builder stands in the way.
function M.child(root, key) return child(state[root], key) end

--- Is this value a server that `new` made?
function M.is_server(value)
  local s = type(value) == "table" and state[value]
  return s and s.server.root == value or false
end

--- Ends recording and returns the server's entries, in order of definition.
function M.seal(root)
  local server = state[root].server
  server.sealed = true
  return server.entries, server.options
end

return M
