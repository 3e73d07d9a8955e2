-- Integers in answers: in full where the runtime writes them. `..` and `tostring` are LuaJIT's.
local api = rover.server {}

-- What the compiler does not see.
local numbers = { id = 123456789012345, large = 2 ^ 53, over = 2 ^ 53 + 2, id19 = 1.6180655071118354e18, huge = 2 ^ 63,
  least = -2 ^ 62, fraction = 0.1, tiny = 1e-7, minus = -1e15, zero = -0.0, third = 1 / 3 }
local function number(ctx) return numbers[ctx:params().name] end

function api.table.p_name.get(ctx) return { n = number(ctx), list = { number(ctx) } } end
function api.encoded.p_name.get(ctx) return api.text(rover.json.encode(number(ctx))) end
function api.rows.p_name.get(ctx)
  local rows = {}
  for i = 1, 1 do rows[#rows + 1] = { at = i, n = number(ctx) } end
  return rows
end
function api.itself.p_name.get(ctx) return number(ctx) end
function api.plain.p_name.get(ctx) return api.text(number(ctx)) end
function api.page.p_name.get(ctx)
  return api.html { n = number(ctx) } [[<p title={{ n }}>{{ n }}</p><script>a({{ n }}, "{{ n }}")</script>]]
end
function api.header.p_name.get(ctx) return api.no_content():header("x-n", number(ctx)) end
function api.wrong.p_name.get(ctx) return api.error(400, number(ctx)) end
function api.joined.p_name.get(ctx)
  return "n" .. number(ctx) .. " " .. tostring(number(ctx))
end
function api.joined_rows.p_name.get(ctx)
  local rows = {}
  for i = 1, 1 do rows[#rows + 1] = { one = "n" .. number(ctx), two = number(ctx) .. "/" .. number(ctx) } end
  return rows
end

return api
