-- Contract section 9: an error of a function of the runtime names the program's line, wherever the
-- call stands: `direct` as a statement's value, `tail` as the last thing that a function does.
local api = rover.server {}
local g, json, guard = rover.guard, rover.json, rover.guard
local concat, rep = table.concat, string.rep
local greeting = rover.template "views/greeting.html"

function api.on_error(_, err) return api.text(err.message) end

-- What the compiler cannot see.
local bad = setmetatable({}, { __index = function(_, name)
  if name == "t" then return {} elseif name == "one" then return 1 elseif name == "f" then return print end
  return "bad " .. name
end })

local tail = {}
function tail.header() return api.text("x"):header(bad.name, "v") end
function tail.header_value() return api.text("x"):header("x-a", bad.t) end
function tail.header_last() return api.json { a = bad.one }:header("x-a", "v"):header(bad.name, "v") end
function tail.status() return api.text("x"):status(bad.one) end
function tail.made_status() return api.json:status(bad.one, { a = 1 }) end
function tail.dotted_status() return api.json.status(bad.one, { a = 1 }) end
function tail.cookie() return api.no_content():cookie(bad.name, "v") end
function tail.cookie_option() return api.no_content():cookie("a", "v", { [bad.name] = 1 }) end
function tail.text() return api.text(bad.t) end
function tail.colon_text() return api:text(bad.t) end
function tail.html() return api.html(bad.f) end
function tail.page() return api.html(bad.t)(bad.text) end
function tail.redirect() return api.redirect(bad.t) end
function tail.permanent() return api.redirect:permanent(bad.t) end
function tail.error() return api.error(bad.one, "x") end
function tail.error_message() return api.error(400, bad.f) end
function tail.bytes() return api.bytes(bad.t) end
function tail.bytes_type() return api.bytes("x", "a\nb") end
function tail.held_response()
  local response = api.text("x")
  return response:header(bad.name, "v")
end
function tail.encode() return rover.json.encode { a = { bad.f } } end
function tail.named_encode() return json.encode(bad.f) end
function tail.decode() return rover.json.decode(bad.json) end
function tail.array() return rover.array(bad.one) end
function tail.guard() return rover.guard({}, bad.schema) end
function tail.option() return g:string():enum(bad.one) end
function tail.kind() return g[bad.kind](g) end
function tail.named_guard() return guard({}, bad.schema) end
function tail.safe() return rover.html(bad.one) end
function tail.template() return greeting(bad.text) end
function tail.rep() return rep("x", 1e9) end
function tail.bad_rep() return string.rep("x", bad.t) end
function tail.concat() return table.concat { {} } end
function tail.named_concat() return concat({}, bad.t) end
function tail.format() return string.format("%d", bad.text) end
function tail.tonumber() return tonumber("1", 99) end
function tail.setmetatable() return setmetatable(bad.one, {}) end
function tail.error_call() return error("raised") end
function tail.error_level() return error("raised", 2) end
function tail.random() return math.random(bad.t) end
function tail.date() return os.date(rep("x", 5000)) end
function tail.require() return require(bad.one) end

-- In a handler, whose first value counts.
local handled = api.handled
function handled.replacement.get() return string.gsub("x", "x", function() return bad.t end) end
function handled.pattern.get() return string.find("x", "[") end
function handled.remove.get() return table.remove({ 1 }, bad.t) end
function handled.sort.get() return table.sort { 1, "x" } end
function handled.sort_nil.get() return table.sort { bad.t, bad.t } end
function handled.expect.post(ctx) return ctx:body():expect(bad.schema) end
function handled.query.get(ctx) return ctx:query():expect(bad.schema) end
function handled.member.get(ctx) return ctx[bad.member] end
function handled.assign.get(ctx) ctx[bad.one] = 1 end
function handled.body.post(ctx) return ctx:body()[bad.member] end
function handled.schema_member.get() return g:string()[bad.member] end
function handled.route.get() api.later.get = print end
function handled.library.get() string.own = print end
function handled.io.get() return io[bad.one and "lines"]("x") end
-- What is the program's own for all the compiler knows: the handler's line.
function handled.unknown.get()
  local respond = bad.one and api.text
  return respond(bad.t)
end
function handled.parameter.get()
  local function set(response) return response:header(bad.name, "v") end
  return set(api.text("x"))
end

-- In a template: its line, and that of the file.
function api.page.inline.get()
  return api.html { x = bad.t } [[
    <p>
      {{ x.y.z }}
    </p>]]
end
function api.page.printed.get()
  return api.html { x = bad.t } [[
    {{ x }}]]
end
function api.page.file.get() return api.html(greeting { person = bad.t }) end
function rover.html.card(props)
  return rover.html(props) [[<p>{{ 1 }}
    {{ text.x.y }}</p>]]
end
function rover.html.coded() return api.text(bad.t) end
function api.page.component.get()
  return api.html { text = bad.t } [[
    {{ card { text = text } }}]]
end
function api.page.coded.get()
  return api.html { text = bad.t } [[
    {{ coded() }}]]
end

-- Through a helper in tail position, through one that is not, under `pcall`, in a coroutine.
function api.tail.p_name.get(ctx) return tail[ctx:params().name]() end
function api.helped.p_name.get(ctx)
  local result = tail[ctx:params().name]()
  return result
end
function api.caught.p_name.get(ctx)
  local _, message = pcall(tail[ctx:params().name])
  return message
end
function api.direct.get() return select(2, pcall(api.text, bad.t)) end
function api.coroutine.p_name.get(ctx)
  return select(2, coroutine.resume(coroutine.create(tail[ctx:params().name])))
end

return api
