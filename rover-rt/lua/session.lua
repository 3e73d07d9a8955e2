-- `ctx:session()`, `ctx:csrf()` and `rover.csrf`. Cookies are read and made by natives; here is what a request does with
-- its session, and what is kept of that after its handler.
local R = ...
local native, raise, http_error, running = R.native, R.raise, R.http.error, R.running
local member, shown = R.ctx_member, R.shown
local encode, decode = native.json_encode, native.json_decode

local type, next, rawequal, rawget, getmetatable = type, next, rawequal, rawget, getmetatable
local setmetatable, tostring, format, find, lower = setmetatable, tostring, string.format, string.find, string.lower

-- What browsers keep of a cookie: its name and its value together.
local MOST = 4096

-- Where sessions are that have names.
local store = {
  load = native.session_load, create = native.session_create, read = native.session_read,
  replace = native.session_replace, delete = native.session_delete,
}

-- The same where the state is on a server, which is waited for.
local settled = R.settled
local function on_server()
  local function of(ask)
    return function(...) return settled("ctx:session()", ask(...)) end
  end
  return {
    load = of(native.remote_session_load), create = of(native.remote_session_create), read = of(native.remote_session_read),
    replace = of(native.remote_session_replace), delete = of(native.remote_session_delete),
  }
end

-- The option, as it is first needed.
local settings
local function option()
  if settings == nil then
    local read = native.session_settings
    local name, ttl, same_site, secure, named, form_name, waits
    if read then name, ttl, same_site, secure, named, form_name, waits = read() end
    settings = name and {
      name = name, ttl = ttl, same_site = same_site, secure = secure, named = named, form_name = form_name,
    } or false
    if name and R.session_database then store = R.session_database.store(ttl) elseif waits then store = on_server() end
  end
  return settings
end

local function needed(word)
  return option() or raise(word
    .. " needs the option `sessions`: rover.server { sessions = { secret = rover.env.SESSION_SECRET } }")
end

-- By the table that the program has: what is known of its session.
--   data, kept: that table, and what stands for the request
--   text: the data as it came; nil where there is no session yet
--   id, version: of one in the store
--   form: the secret that tokens of forms are made of; form_sent: the client has it in a cookie of its own
--   due, renewed, ended, tokens: its time or its key is to be renewed; `regenerate` or `destroy` was called; a token was given
--   doomed: the name of one that could not be ended at once
local records = setmetatable({}, { __mode = "k" })
local methods = {}
local Session = { __index = methods, __metatable = "rover.session" }

local function record_of(session, word)
  return records[session] or raise("call it with a colon: session:" .. word .. "()")
end

function methods.regenerate(self)
  local record = record_of(self, "regenerate")
  record.renewed, record.form, record.form_sent = true, native.form_secret(), false
end

function methods.destroy(self)
  local record = record_of(self, "destroy")
  for key in next, self do self[key] = nil end
  -- At once: a request that is cancelled has no answer that would end it.
  if record.id and store.delete(record.id, nil, true) == nil then record.doomed = record.id end
  record.text, record.id, record.version, record.form, record.form_sent = nil, nil, nil, nil, nil
  record.due, record.renewed, record.tokens, record.ended = nil, nil, nil, true
end

local function load(request)
  local record = request[7]
  if record then return record end
  local text, form, due, id, version = store.load()
  -- Another fiber of the request may have been faster.
  if request[7] then return request[7] end
  local data
  if text then
    local ok, value = decode(text)
    if ok and type(value) == "table" then data = value else text = nil end
  end
  data = setmetatable(data or {}, Session)
  record = { data = data, kept = request }
  if text then
    record.text, record.form, record.due, record.id, record.version = text, form, due, id, version
  end
  records[data], request[7] = record, record
  return record
end

local ctx_methods = R.ctx_methods
ctx_methods.session = member(function(request)
  needed("ctx:session()")
  return load(request).data
end)

ctx_methods.csrf = member(function(request)
  needed("ctx:csrf()")
  local record = load(request)
  if not record.form then
    record.form = native.form_load()
    record.form_sent = record.form ~= nil
    if not record.form then record.form = native.form_secret() end
  end
  record.tokens = true
  return native.form_token(record.form)
end)

-- Whether two values are the same in JSON. The first comes from JSON, so that it has an end.
local function same(a, b)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  -- An empty list is another text than an empty table.
  if next(a) == nil and next(b) == nil then return getmetatable(a) == getmetatable(b) end
  for key, value in next, a do
    if not same(value, rawget(b, key)) then return false end
  end
  for key in next, b do
    if rawget(a, key) == nil then return false end
  end
  return true
end

local function decoded(text)
  local _, value = decode(text)
  return value
end

local function encoded(data)
  local ok, text = encode(data)
  if not ok then raise("ctx:session(): " .. text) end
  return text
end

local function check_keys(data)
  for key in next, data do
    if type(key) ~= "string" then raise("ctx:session(): its keys are texts, got " .. shown(key)) end
    if methods[key] then raise("ctx:session(): `" .. key .. "` is its method, and no name for a value") end
  end
end

-- What a request has changed of each key, put into what others have written meanwhile.
local function merged(before, data, theirs)
  for key, value in next, data do
    if not same(before[key], value) then theirs[key] = value end
  end
  for key in next, before do
    if data[key] == nil then theirs[key] = nil end
  end
  return theirs
end

local function made(value, problem)
  return value or raise("ctx:session(): " .. tostring(problem))
end

local function create(record, text)
  local form = record.form or native.form_secret()
  record.exists = true
  if settings.named then return made(store.create(form, text)) end
  return native.session_seal(form, text)
end

-- The new value of the cookie of a session in the store, if it gets one. Of two requests that write one key the last
-- counts, and where another has ended the session it stays ended.
local function save_kept(record, changed, before)
  local data, id, due = record.data, record.id, record.due
  local text, version = record.text, record.version
  while true do
    record.exists = true
    local new = text
    if changed then
      local theirs = version ~= record.version and setmetatable(decoded(text), nil)
      new = encoded(theirs and merged(before, data, theirs) or data)
    end
    if record.renewed then
      if store.delete(id, version) then return create(record, new) end
    elseif not changed and not due then
      return nil
    else
      local written, problem = store.replace(id, version, new, due)
      if written == nil then made(written, problem) end
      if written then return due and native.session_name(id) or nil end
    end
    text, version = store.read(id)
    if not text then
      record.exists = false
      return nil
    end
  end
end

-- The new value of the cookie, if it gets one.
local function save(record)
  local data, text = record.data, record.text
  check_keys(data)
  if not text then
    if next(data) == nil then return nil end
    return create(record, encoded(data))
  end
  local before = decoded(text)
  local changed = not same(before, data)
  if settings.named then return save_kept(record, changed, before) end
  record.exists = true
  if changed then text = encoded(data) elseif not record.due and not record.renewed then return nil end
  return native.session_seal(record.form, text)
end

local function set_cookie(ctx, response, name, value, age)
  local secure = settings.secure
  if secure == nil then secure = ctx.scheme == "https" end
  response:header("set-cookie", format("%s=%s; Path=/%s; HttpOnly; SameSite=%s%s",
    name, value, age and "; Max-Age=" .. age or "", settings.same_site, secure and "; Secure" or ""))
  -- What one client is given is not for others.
  if not response:header("cache-control") then response:header("cache-control", "no-store") end
end

-- The hook after all others.
function R.save_session(ctx, response)
  local request = running[ctx]
  local record = request and request[7]
  if not record then return end
  response:header("vary", "cookie")
  if record.doomed then store.delete(record.doomed) end
  local value = save(record)
  if value then
    local size = #settings.name + #value
    if size > MOST then
      raise(format("ctx:session(): the cookie `%s` would have %d bytes, and browsers keep %d: keep less in the session, or write `store = \"shared\"`",
        settings.name, size, MOST))
    end
    set_cookie(ctx, response, settings.name, value, settings.ttl)
  elseif record.ended then
    set_cookie(ctx, response, settings.name, "", 0)
  end
  if record.tokens and not record.exists and not record.form_sent then
    set_cookie(ctx, response, settings.form_name, native.form_cookie(record.form))
  end
end

-- A header that was sent once.
local function header(ctx, name)
  local all = native.header_all(ctx, name)
  if all[2] == nil then return all[1] end
end

-- The page is of the host that is asked. A proxy that is not trusted may have taken TLS away.
local function is_own(ctx, origin)
  local host = lower(ctx.host)
  if host == "" then return false end
  return origin == "https://" .. host or ctx.scheme == "http" and origin == "http://" .. host
end

local function sent_token(ctx)
  local token = header(ctx, "x-csrf-token")
  if token then return token end
  local kind = lower(header(ctx, "content-type") or "")
  if not find(kind, "^application/x%-www%-form%-urlencoded") and not find(kind, "^multipart/form%-data") then return nil end
  local body = ctx:body()
  return body and body:form().csrf
end

local function has_token(ctx)
  if not option() then return false end
  local token = sent_token(ctx)
  if type(token) ~= "string" then return false end
  local record = load(running[ctx])
  local form
  if record.text then form = record.form else form = native.form_load() end
  return form ~= nil and native.form_accepts(form, token)
end

local SAFE = { GET = true, HEAD = true, OPTIONS = true }
-- OWASP's Cross-Site Request Forgery Prevention Cheat Sheet: Fetch Metadata, where the browser sends it, else the origin,
-- else a token.
local function check(ctx, origins)
  if SAFE[ctx.method] then return end
  local site = header(ctx, "sec-fetch-site")
  if site == "same-origin" or site == "none" then return end
  local origin = header(ctx, "origin")
  if origin then
    origin = lower(origin)
    if origins[origin] or not site and is_own(ctx, origin) then return end
  end
  if has_token(ctx) then return end
  http_error(403, "The request comes from another site, or has no token of a form")
end

R.csrf = R.part("csrf")(check, raise)
