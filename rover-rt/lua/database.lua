-- `rover.db`. A native gives `true` and a result, or what an error is made of; one of the kind "argument" is the
-- program's own, and is told with its line. A result that was waited for is taken by its number.
local R = ...
local native, raise, settled, null = R.native, R.raise, R.settled, R.native.null
local run, take, begin, mark, forget = native.db_run, native.db_take, native.db_begin, native.db_mark, native.db_forget
local each, next_rows, dialect_of = native.db_each, native.db_next, native.db_dialect
local setmetatable, getmetatable, type, tostring, next = setmetatable, getmetatable, type, tostring, next
local pcall, error, select, unpack, format = pcall, error, select, unpack, string.format
local concat, sort, gmatch, gsub, running = table.concat, table.sort, string.gmatch, string.gsub, coroutine.running
local max, min, floor, array = math.max, math.min, math.floor, R.json.array
local match, tonumber = string.match, tonumber

local ALL, ONE, VALUE, COUNT = 0, 1, 2, 3
-- The values are in a list, whose length follows.
local LISTED = 4
-- The rows are kept as they are, and what stands for them is written as JSON.
local KEPT = 8
-- The coroutine has a transaction of the database, of which the statement is no part.
local INSIDE = 16

-- By its object: a database's number, and a transaction's.
local weak = { __mode = "k" }
local numbers, transactions = setmetatable({}, weak), setmetatable({}, weak)
-- How deep a transaction is in parts of itself.
local depths = setmetatable({}, weak)
-- The databases that a coroutine has a transaction of.
local inside = setmetatable({}, weak)

-- What stands for rows that are kept: their number.
R.KeptRows = {}

local methods = {}
local Database = { __metatable = "rover.database" }
function Database.__index(_, key)
  local method = methods[key]
  if method then return method end
  raise("unknown member of a database: " .. R.shown(key)
    .. " (it has all, one, value, exec, each, insert, update, delete, upsert, transaction)")
end

local function handle(self, word)
  local number = numbers[self]
  if not number then raise("call it with a colon: db:" .. word .. "(...)") end
  local transaction = transactions[self]
  if transaction == false then raise("db:" .. word .. ": the transaction has ended") end
  return number, transaction or 0
end

local function failed(word, kind, message, ...)
  if kind == "argument" then raise(word .. ": " .. message) end
  settled(word, false, kind, message, ...)
end

-- What a statement gave.
local function result(word, want, ok, value, ...)
  if not ok then
    if ok == nil then settled(word, ok, value) end
    return failed(word, value, ...)
  end
  local number = ...
  if number then return take(number, want) end
  return value
end

local function check_text(word, sql)
  if type(sql) ~= "string" then
    raise(format("bad argument #1 to '%s' (a statement of SQL expected, got %s)", word, sql == nil and "no value" or type(sql)))
  end
end

-- What is asked for, with what is known of transactions around it.
local function wanted(want, database, transaction)
  if transaction == 0 and inside[running() or inside] == database then return want + INSIDE end
  return want
end

-- A method that runs a statement. Its word is what errors name.
local function statement(method, word, want)
  local called = "db:" .. word
  methods[method] = function(self, sql, ...)
    local database, transaction = handle(self, word)
    check_text(word, sql)
    return result(called, want, run(database, transaction, wanted(want, database, transaction), sql, ...))
  end
end
statement("all", "all", ALL)
statement("one", "one", ONE)
statement("value", "value", VALUE)
statement("exec", "exec", COUNT)
-- What the compiler calls where the rows are only returned.
statement("__rover_all", "all", ALL + KEPT)
statement("__rover_one", "one", ONE + KEPT)

-- The rows of a statement one after the other: in a transaction all at once.
local function walk(list)
  local at = 0
  return function()
    at = at + 1
    return list[at]
  end
end
function methods.each(self, sql, ...)
  local database, transaction = handle(self, "each")
  check_text("each", sql)
  if transaction ~= 0 then
    return walk(result("db:each", ALL, run(database, transaction, ALL, sql, ...)))
  end
  local ok, cursor, message, code, retryable, about = each(database, transaction, wanted(ALL, database, transaction), sql, ...)
  if not ok then failed("db:each", cursor, message, code, retryable, about) end
  local part, at = {}, 0
  return function()
    if not part then return nil end
    at = at + 1
    local row = part[at]
    if row ~= nil then return row end
    part, at = result("db:each", ALL, next_rows(cursor)), 1
    if part == nil then
      forget(cursor)
      return nil
    end
    return part[1]
  end
end

-- Names of tables may have a schema before them.
local function quoted(name)
  return '"' .. gsub(gsub(name, '"', '""'), "%.", '"."') .. '"'
end
local function quoted_column(name) return '"' .. gsub(name, '"', '""') .. '"' end

local function check_table(word, position, value, what)
  if type(value) ~= "table" then
    raise(format("bad argument #%d to '%s' (%s expected, got %s)", position, word, what, value == nil and "no value" or type(value)))
  end
end
local function check_name(word, name)
  if type(name) ~= "string" or name == "" then
    raise(format("bad argument #1 to '%s' (a table's name expected, got %s)", word, name == nil and "no value" or type(name)))
  end
end

-- The columns of rows, each once, in the order of letters.
local function columns_of(word, rows)
  local seen, columns = {}, {}
  for i = 1, #rows do
    if type(rows[i]) ~= "table" then raise(format("bad argument #2 to '%s' (row %d is no table)", word, i)) end
    for name in next, rows[i] do
      if type(name) ~= "string" then
        raise(format("bad argument #2 to '%s' (columns have names, got %s)", word, R.shown(name)))
      end
      if not seen[name] then
        seen[name] = true
        columns[#columns + 1] = name
      end
    end
  end
  sort(columns)
  return columns
end

local function returning(word, options)
  if options == nil then return nil end
  check_table(word, 3, options, "a table of options")
  local wanted = options.returning
  if wanted == nil then return nil end
  if type(wanted) ~= "string" then raise(word .. ": `returning` is a text such as \"*\" or \"id, name\"") end
  if wanted == "*" then return " returning *" end
  local names = {}
  for name in gmatch(wanted, "[^,%s]+") do names[#names + 1] = quoted_column(name) end
  if #names == 0 then return nil end
  return " returning " .. concat(names, ", ")
end

-- So many values go with one statement.
local MOST = 2000

-- The same of a statement that the runtime has made: errors name the column of a value, in place of its number.
local function result_of(names, word, want, ok, kind, message, ...)
  if ok == false and kind == "argument" and type(message) == "string" then
    local number, said = match(message, "^%$(%d+)(.*)$")
    local name = names[tonumber(number)]
    if name then message = "`" .. name .. "`" .. said end
  end
  return result(word, want, ok, kind, message, ...)
end

-- Runs a statement that the runtime has made. `list` is whether all rows are given that it returns, `names` has the
-- columns of the values.
local function made(self, word, sql, back, list, values, count, names)
  local database, transaction = handle(self, word)
  local want = not back and COUNT or list and ALL or ONE
  local asked = wanted(want, database, transaction) + LISTED
  return result_of(names, "db:" .. word, want, run(database, transaction, asked, sql .. (back or ""), values, count))
end

local function insert_part(self, word, into, columns, rows, first, last, conflict, back, list)
  if #columns == 0 then
    return made(self, word, "insert into " .. quoted(into) .. " default values", back, list, {}, 0, {})
  end
  local names, tuples, values, count, of_values = {}, {}, {}, 0, {}
  for i = 1, #columns do names[i] = quoted_column(columns[i]) end
  for i = first, last do
    local marks = {}
    for j = 1, #columns do
      count = count + 1
      values[count] = rows[i][columns[j]]
      of_values[count] = columns[j]
      marks[j] = "$" .. count
    end
    tuples[#tuples + 1] = "(" .. concat(marks, ", ") .. ")"
  end
  local sql = "insert into " .. quoted(into) .. " (" .. concat(names, ", ") .. ") values " .. concat(tuples, ", ")
  return made(self, word, sql .. (conflict or ""), back, list, values, count, of_values)
end

local function add(self, word, into, values, back, conflict_of)
  handle(self, word)
  check_name(word, into)
  check_table(word, 2, values, "a row or a list of rows")
  local list = #values > 0 or getmetatable(values) == "rover.array"
  local rows = list and values or { values }
  local columns = columns_of(word, rows)
  local conflict = conflict_of and conflict_of(columns)
  if #rows == 0 then return back and array({}) or { rows = 0 } end
  local at_once = columns[1] and max(1, floor(MOST / #columns)) or 1
  if #rows <= at_once then
    return insert_part(self, word, into, columns, rows, 1, #rows, conflict, back, list)
  end
  return self:transaction(function(tx)
    local all, changed, last_id = {}, 0, nil
    for first = 1, #rows, at_once do
      local last = min(first + at_once - 1, #rows)
      local got = insert_part(tx, word, into, columns, rows, first, last, conflict, back, list)
      if back then
        for i = 1, #got do all[#all + 1] = got[i] end
      else
        changed, last_id = changed + got.rows, got.last_id
      end
    end
    return back and array(all) or { rows = changed, last_id = last_id }
  end)
end

function methods.insert(self, into, values, options)
  return add(self, "insert", into, values, returning("insert", options))
end

function methods.upsert(self, into, values, options)
  check_table("upsert", 3, options, "a table with the unique columns, `on`,")
  local on = options.on
  if type(on) == "string" then on = { on } end
  if type(on) ~= "table" or #on == 0 then raise("db:upsert: `on` names the columns that are unique: on = \"email\"") end
  return add(self, "upsert", into, values, returning("upsert", options), function(columns)
    local keys, is_key, sets = {}, {}, {}
    for i = 1, #on do
      keys[i] = quoted_column(tostring(on[i]))
      is_key[on[i]] = true
    end
    local changed = options.update
    if changed == nil then
      changed = {}
      for i = 1, #columns do
        if not is_key[columns[i]] then changed[#changed + 1] = columns[i] end
      end
    elseif type(changed) ~= "table" then
      raise("db:upsert: `update` is a list of columns")
    end
    for i = 1, #changed do
      local name = quoted_column(tostring(changed[i]))
      sets[i] = name .. " = excluded." .. name
    end
    return " on conflict (" .. concat(keys, ", ") .. ") do " .. (sets[1] and "update set " .. concat(sets, ", ") or "nothing")
  end)
end

-- The condition of a table of columns and values, which go on behind those that are there.
local function condition(word, position, where, values, count, names)
  check_table(word, position, where, "a table of columns and their values")
  local parts = {}
  local columns = columns_of(word, { where })
  if #columns == 0 then
    raise(format("bad argument #%d to '%s' (at least one column expected: db:exec changes all rows)", position, word))
  end
  for i = 1, #columns do
    local name, value = columns[i], where[columns[i]]
    if value == null then
      parts[i] = quoted_column(name) .. " is null"
    else
      count = count + 1
      values[count], names[count] = value, name
      local is_list = type(value) == "table"
      parts[i] = quoted_column(name) .. (is_list and " in ($" .. count .. "...)" or " = $" .. count)
    end
  end
  return " where " .. concat(parts, " and "), count
end

function methods.update(self, of, values, where, options)
  handle(self, "update")
  check_name("update", of)
  check_table("update", 2, values, "a table of columns and their new values")
  local columns = columns_of("update", { values })
  if #columns == 0 then raise("bad argument #2 to 'update' (at least one column expected)") end
  local sets, given, count, names = {}, {}, 0, {}
  for i = 1, #columns do
    count = count + 1
    given[count], names[count] = values[columns[i]], columns[i]
    sets[i] = quoted_column(columns[i]) .. " = $" .. count
  end
  local rest
  rest, count = condition("update", 3, where, given, count, names)
  local sql = "update " .. quoted(of) .. " set " .. concat(sets, ", ") .. rest
  return made(self, "update", sql, returning("update", options), true, given, count, names)
end

function methods.delete(self, from, where, options)
  handle(self, "delete")
  check_name("delete", from)
  local given, names = {}, {}
  local rest, count = condition("delete", 2, where, given, 0, names)
  return made(self, "delete", "delete from " .. quoted(from) .. rest, returning("delete", options), true, given, count, names)
end

local function pack(...) return select("#", ...), { ... } end

-- Calls the function of a transaction.
local function call_with(fn, database, transaction, depth)
  local object = setmetatable({}, Database)
  numbers[object], transactions[object], depths[object] = database, transaction, depth
  local thread = running() or inside
  local before = inside[thread]
  inside[thread] = database
  local count, results = pack(pcall(fn, object))
  inside[thread] = before
  transactions[object] = false
  return count, results
end

-- A part of a transaction, which is taken back alone.
local function part(self, fn, database, transaction)
  local word, depth = "db:transaction", (depths[self] or 0) + 1
  settled(word, mark(transaction, "save", depth))
  local count, results = call_with(fn, database, transaction, depth)
  if results[1] then
    settled(word, mark(transaction, "release", depth))
    return unpack(results, 2, count)
  end
  -- What was cancelled waits no more: the whole is taken back then.
  mark(transaction, "undo", depth)
  error(results[2], 0)
end

local function is_retryable(problem)
  return getmetatable(problem) == "rover.wait_error" and problem.kind == "serialization"
end

function methods.transaction(self, fn, options)
  local database, transaction = handle(self, "transaction")
  local word = "db:transaction"
  if type(fn) ~= "function" then
    raise(format("bad argument #1 to 'transaction' (a function expected, got %s)", fn == nil and "no value" or type(fn)))
  end
  if transaction ~= 0 then return part(self, fn, database, transaction) end
  if options ~= nil then check_table("transaction", 2, options, "a table of options") end
  if inside[running() or inside] == database and dialect_of(database) == "sqlite" then
    raise("db:transaction: this transaction would wait for the one that it is in: use `tx:transaction`")
  end
  local left = options and options.retry or 0
  if type(left) ~= "number" then raise("db:transaction: `retry` is a number") end
  while true do
    local id = result(word, ONE, begin(database, options and options.isolation, inside[running() or inside] == database))
    local count, results = call_with(fn, database, id, 0)
    if results[1] then
      local ok, kind, message, code, retryable, about = mark(id, "commit")
      if ok then return unpack(results, 2, count) end
      if ok == nil then settled(word, ok, kind) end
      if kind ~= "serialization" or left < 1 then failed(word, kind, message, code, retryable, about) end
    else
      -- A native that cannot wait any more has taken it from the request, which takes it back.
      mark(id, "rollback")
      if left < 1 or not is_retryable(results[2]) then error(results[2], 0) end
    end
    left = left - 1
  end
end

-- What is known of an object of the program's: the database's number, where it is one.
function R.database_number(value) return type(value) == "table" and numbers[value] or nil end

-- Whether the running coroutine has a transaction of a database.
function R.in_transaction(db) return inside[running() or inside] == numbers[db] end

function R.db(url, options)
  if R.is_loaded then raise("rover.db stands at the top level of a file: a database keeps its connections") end
  if not run then
    raise("rover.db needs a feature of the crate rover: features = [\"sqlite\"] or [\"postgres\"] in Cargo.toml")
  end
  if type(url) ~= "string" then
    raise(format("bad argument #1 to 'rover.db' (the address of a database expected, got %s)", url == nil and "no value" or type(url)))
  end
  if options ~= nil then check_table("rover.db", 2, options, "a table of options") end
  local number, wrong = native.db_open(url, options or {}, native.place())
  if not number then raise("rover.db: " .. wrong) end
  local made_one = setmetatable({}, Database)
  numbers[made_one] = number
  return made_one
end
