-- The recording server: what `rover.server` returns.
--
-- Indexing the server grows a path, assigning a function records an entry. It runs
-- at build, where the compiler reads the entries, and in every worker, where the
-- runtime takes the handlers. Nodes hold nothing themselves, so that every
-- assignment, the second to the same key too, is seen.
--
-- While the program loads, what was recorded can be read, walked and replaced. A function
-- that was read is one that the program may call itself: it is noted as given.
local setmetatable, getmetatable, rawget, type = setmetatable, getmetatable, rawget, type
local tostring, error, sort, pairs, ipairs, next = tostring, error, table.sort, pairs, ipairs, next
local getinfo, set_type_metatable = debug.getinfo, debug.setmetatable

local M = {}

-- Keys that a function is assigned to: methods, and hooks of the server itself.
local METHODS = {
  get = true, post = true, put = true, patch = true, delete = true, head = true, options = true,
}
local HOOKS = { on_error = true, not_found = true }
-- Keys of any node whose functions run before and after the handlers at its path and below.
local CHAINS = { before = true, after = true }

-- node -> { server, path, parent, key, children, entries, order }: `entries` are those of the
-- node's own keys, `order` is what leads to an entry, in order of definition.
local state = setmetatable({}, { __mode = "k" })

local node_mt = { __metatable = "rover.server" }

-- A field of any node that is no part of a path: what pages of other sites may ask below it.
local POLICY = "cors"

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

local function node(server, path, parent, key)
  local t = setmetatable({}, node_mt)
  state[t] = {
    server = server, path = path, parent = parent, key = key,
    children = {}, entries = {}, order = {},
  }
  return t
end

local function child(s, key)
  local found = s.children[key]
  if found then return found end
  local path = {}
  for i = 1, #s.path do path[i] = s.path[i] end
  path[#path + 1] = key
  local t = node(s.server, path, s, key)
  s.children[key] = t
  return t
end

-- Gives the handler of an entry to the program.
local function give(s, key)
  local server, entry = s.server, s.entries[key]
  entry.read, entry.given = true, true
  server.given[#server.given + 1] = entry.value
  server.last = { value = entry.value, s = s, key = key }
  return entry.value
end

function node_mt.__index(t, key)
  local s = state[t]
  if #s.path == 0 then
    local builder = s.server.builders[key]
    if builder ~= nil then return builder end
  end
  if s.server.sealed then return nil end
  -- Hooks are not read: `api.before` is where named ones go.
  if CHAINS[key] then return child(s, key) end
  local entry = s.entries[key]
  if entry and entry.value ~= nil then return give(s, key) end
  return child(s, key)
end

-- A key may be a method and a segment: `api.users.delete`, `api.users.delete.post`. Then the
-- handler that was read leads on like a node.
local function behind(f, server)
  local last = server.last
  if last and last.value == f then return child(last.s, last.key) end
  error("attempt to index a function value", 3)
end

local function functions_metatable(server)
  return {
    __metatable = false,
    __index = function(f, key) return behind(f, server)[key] end,
    __newindex = function(f, key, value) behind(f, server)[key] = value end,
  }
end

-- Notes that a key of a node leads to an entry, and with it the node in its parent.
local function lead(s, key, kind)
  local name = kind .. tostring(key)
  if s.order[name] then return end
  s.order[name] = true
  s.order[#s.order + 1] = { key = key, kind = kind }
  if s.parent then lead(s.parent, s.key, "node") end
end

-- Nodes and handlers in order of definition. Hooks, which get other arguments than
-- handlers, are left out.
function node_mt.__pairs(t)
  local s = state[t]
  local order, at = {}, 0
  if not s.server.sealed then
    for i = 1, #s.order do order[i] = s.order[i] end
  end
  return function()
    at = at + 1
    local item = order[at]
    if not item then return nil end
    if item.kind == "node" then return item.key, s.children[item.key] end
    return item.key, give(s, item.key)
  end
end

-- The function behind a table that is called like one; of a protected one nothing is known.
local function called(value)
  local meta = getmetatable(value)
  if type(meta) == "table" then return rawget(meta, "__call"), false end
  return nil, meta ~= nil
end

-- A table of routes assigned whole: `api.users = { get = function ... }`.
local function assign(s, key, value)
  local sub = child(s, key)
  -- In one order always: `pairs` has another one in every VM.
  local keys = {}
  for k in pairs(value) do keys[#keys + 1] = k end
  sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i = 1, #keys do sub[keys[i]] = value[keys[i]] end
end

-- The halves of a value that is a hook before the handlers and one after them: the runtime's own, or a table of
-- the program's with nothing else in it.
local function halves(value)
  if type(value) ~= "table" or state[value] then return nil end
  local is_own = getmetatable(value) == "rover.hook"
  local before, after = rawget(value, "before"), rawget(value, "after")
  if is_own then return before, after, value end
  for key in pairs(value) do
    if not CHAINS[key] then return nil end
  end
  return before, after
end

-- Records what is assigned to `before` or `after` of the node `s`: `made` says where that is
-- written.
local function record_hook(s, chain, name, value, made)
  local function add(chain, value, own, is_half)
    local call
    if type(value) == "table" then call = called(value) end
    s.server.entries[#s.server.entries + 1] = {
      path = s.path, key = chain, hook = name or "", assignment = made, own = own, half = is_half,
      value = value, call = call, first = value, source = made.source, line = made.currentline,
    }
  end
  local before, after, own = halves(value)
  if before == nil and after == nil then return add(chain, value) end
  if before ~= nil then add("before", before, own, chain ~= "before") end
  if after ~= nil then add("after", after, own, chain ~= "after") end
end

-- A table that is assigned to `before` or `after`: its items are hooks in order, its methods are
-- those of a path, and what else is a function is a hook with a name.
local function assign_hooks(s, chain, value, made)
  local sub = child(s, chain)
  local count, names = 0, {}
  for key in pairs(value) do
    if type(key) == "number" then
      if key > count then count = key end
    else
      names[#names + 1] = key
    end
  end
  for at = 1, count do record_hook(s, chain, nil, value[at], made) end
  sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for i = 1, #names do sub[names[i]] = value[names[i]] end
end

-- Whether a value is one hook, and not a table of several or of a path.
local function is_hook_value(value)
  if type(value) ~= "table" then return true end
  if state[value] then return false end
  local call, is_protected = called(value)
  if call ~= nil or is_protected then return true end
  local before, after = halves(value)
  return before ~= nil or after ~= nil
end

-- Whether a table has handlers or parts of paths in it, which `cors` as a part of a path has.
local function has_routes(value, depth)
  for _, inner in pairs(value) do
    if type(inner) == "function" then return true end
    if type(inner) == "table" and depth > 0 then
      if state[inner] or called(inner) or has_routes(inner, depth - 1) then return true end
    end
  end
  return false
end

local function is_policy(value)
  if type(value) ~= "table" then return value ~= nil end
  return not state[value] and not has_routes(value, 8)
end

function node_mt.__newindex(t, key, value)
  local s = state[t]
  local server = s.server
  if server.sealed then
    error("routes can only be defined while the program loads", 2)
  end
  if CHAINS[key] then
    if s.children[key] ~= nil and s.children[key] == value then return end
    if type(value) == "table" and not is_hook_value(value) and not state[value] then
      return assign_hooks(s, key, value, where())
    end
    return record_hook(s, key, nil, value, where())
  end
  if CHAINS[s.key] and s.parent and not METHODS[key] and is_hook_value(value) then
    return record_hook(s.parent, s.key, tostring(key), value, where())
  end
  if key == POLICY and is_policy(value) then
    local info = where()
    server.policies[#server.policies + 1] = {
      node = s, path = s.path, value = value, source = info.source, line = info.currentline,
    }
    return
  end
  local is_hook = HOOKS[key] and not s.parent
  local call
  if type(value) == "table" then
    if s.children[key] == value then return end
    local is_handler
    if METHODS[key] or is_hook then
      call, is_handler = called(value)
    end
    if not state[value] and call == nil and not is_handler then return assign(s, key, value) end
  end
  local entry = s.entries[key]
  if entry and entry.read then
    -- What takes the place of a handler that was read: `api.get = wrap(api.get)`.
    entry.value, entry.call, entry.read = value, call, false
    return
  end
  local info = where()
  entry = {
    path = s.path, key = key, value = value, call = call, first = value,
    source = info.source, line = info.currentline,
  }
  s.entries[key] = entry
  server.entries[#server.entries + 1] = entry
  if not is_hook then lead(s, key, "handler") end
end

function node_mt.__call(t)
  local s = state[t]
  error("'" .. tostring(s.path[#s.path]) .. "' is not a function of the server", 2)
end

--- A new server. `builders` are the functions reached as `api.json`, `api.text`, ...
function M.new(options, builders)
  local server = { options = options, builders = builders, entries = {}, given = {}, policies = {}, sealed = false }
  local root = node(server, {})
  server.root = root
  set_type_metatable(getinfo, functions_metatable(server))
  return root
end

--- What indexing the server with a key gives where no builder stands in the way.
function M.child(root, key) return child(state[root], key) end

--- Is this value a server that `new` made?
function M.is_server(value)
  local s = type(value) == "table" and state[value]
  return s and s.server.root == value or false
end

-- The hook that the option `sessions` adds. It comes after all others, and runs for the routes that use a session.
local function add_sessions(server, save)
  local entries = server.entries
  entries[#entries + 1] = {
    path = {}, key = "after", hook = "the option `sessions`", assignment = {}, half = false,
    own = { word = "sessions", ctx = true, body = false, waits = false },
    value = save, first = save,
  }
end

--- Ends recording and returns the server's entries, in order of definition, its options, the
--- handlers that the program has read, and the policies of `cors`. `save` keeps what a request has made of its session.
function M.seal(root, save)
  local server = state[root].server
  server.sealed = true
  if server.options.sessions ~= nil then add_sessions(server, save or function() end) end
  -- An empty table that paths were put into afterwards is no policy.
  local policies = {}
  for _, policy in ipairs(server.policies) do
    local is_empty = type(policy.value) == "table" and next(policy.value) == nil
    local node = policy.node.children[POLICY]
    local below = node and state[node]
    local is_path = is_empty and below and #below.order > 0
    if not is_path then policies[#policies + 1] = policy end
  end
  set_type_metatable(getinfo, nil)
  return server.entries, server.options, server.given, policies
end

return M
